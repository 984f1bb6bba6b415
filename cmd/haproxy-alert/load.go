package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// MaxConfig is the largest configuration file in bytes.
const MaxConfig = 1 << 20

// loadConfig reads a configuration file over the embedded defaults; an empty name
// means the defaults alone; files are followed as well. What is wrong comes back as
// Faults, all of it.
func loadConfig(name string, files ...File) (*Config, error) {
	cfg := defaults()
	if name == "" {
		cfg.File = files
		cfg.settle()
		return &cfg, faultsOf(validate(&cfg, configName(name), nil))
	}
	text, err := readConfig(name)
	if err != nil {
		return nil, Faults{{File: name, Cause: err.Error()}}
	}
	ps := findPlaces(text)
	faults := decode(&cfg, name, text, ps)
	if slices.ContainsFunc(faults, func(f Fault) bool { return f.Key == "" }) {
		return nil, faults // not TOML: what it means cannot be judged
	}
	cfg.File = append(cfg.File, files...)
	cfg.settle()
	return &cfg, faultsOf(unlessNamed(faults, validate(&cfg, name, ps)))
}

// loadToStart reads a configuration and looks at the log files it follows, too: what
// serve would not start with is a fault. Whoever asks the daemon need not read them.
func loadToStart(name string) (*Config, error) {
	cfg, err := loadConfig(name)
	faults, ok := errors.AsType[Faults](err)
	if cfg == nil || err != nil && !ok {
		return cfg, err
	}
	v := &validator{name: configName(name)}
	if text, err := readConfig(name); err == nil {
		v.ps = findPlaces(text)
	}
	v.unfollowable(cfg.File)
	return cfg, faultsOf(unlessNamed(faults, v.faults))
}

// loadRules reads a configuration for its rules alone: nothing will be sent, so a
// secret, a certificate or a program that is not here is no fault.
func loadRules(name string) (*Config, error) {
	cfg, err := loadConfig(name)
	faults, ok := errors.AsType[Faults](err)
	if !ok || cfg == nil {
		return cfg, err
	}
	return cfg, faultsOf(slices.DeleteFunc(faults, func(f Fault) bool {
		return strings.HasPrefix(f.Cause, "read secret ") || elsewhere.MatchString(f.Key)
	}))
}

// elsewhere are keys whose faults tell of this machine, where nothing will be sent.
var elsewhere = regexp.MustCompile(`\.(password|ca_file|cert_file|key_file|client_ca|command\[0\])$`)

// configName is what messages call the configuration.
func configName(name string) string {
	if name == "" {
		return "embedded defaults"
	}
	return name
}

func faultsOf(faults Faults) error {
	if len(faults) == 0 {
		return nil
	}
	return faults.sorted()
}

// unlessNamed adds more faults, but none about a key that has one already.
func unlessNamed(faults, more Faults) Faults {
	for _, m := range more {
		if !slices.ContainsFunc(faults, func(f Fault) bool { return f.Key != "" && f.Key == m.Key }) {
			faults = append(faults, m)
		}
	}
	return faults
}

func readConfig(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", errors.Unwrap(err)
	}
	if info.Size() > MaxConfig {
		return "", fmt.Errorf("the file has %d bytes, want %d at the most", info.Size(), MaxConfig)
	}
	text, err := os.ReadFile(name)
	switch {
	case err != nil:
		return "", errors.Unwrap(err)
	case !utf8.Valid(text):
		return "", errors.New("the file is no UTF-8 text")
	}
	return string(text), nil
}

// decode reads text into cfg. The toml package stops at the first value it cannot
// read; so that all faults come at once, the lines of such a value are blanked and
// the rest is read again.
func decode(cfg *Config, name, text string, ps places) Faults {
	if _, err := toml.Decode(text, &map[string]any{}); err != nil {
		return Faults{syntaxFault(err, name)}
	}
	var faults Faults
	for range len(ps) + 1 {
		fresh := defaults()
		md, err := toml.Decode(text, &fresh)
		if err == nil {
			*cfg = fresh
			return append(faults, unknownKeys(md.Undecoded(), name, ps)...)
		}
		key, cause := valueError(err)
		bad := badPlaces(key, text, ps)
		if within := strings.LastIndexByte(key, '.'); len(bad) == 0 && within > 0 {
			bad = badPlaces(key[:within], text, ps) // of an inline table
		}
		if len(bad) == 0 {
			return append(faults, Fault{File: name, Cause: cause})
		}
		for _, b := range bad {
			faults = append(faults, Fault{name, b.first, b.path, b.cause})
			text = blank(text, b.place)
		}
	}
	return faults
}

func syntaxFault(err error, name string) Fault {
	if pe, ok := errors.AsType[toml.ParseError](err); ok {
		return Fault{File: name, Line: pe.Position.Line, Cause: pe.Message}
	}
	return Fault{File: name, Cause: err.Error()}
}

var lastKey = regexp.MustCompile(`^toml: (?:line \d+ )?\(last key "([^"]*)"\): `)

// valueError tells which key, without indexes, the toml package could not read,
// and why.
func valueError(err error) (key, cause string) {
	if pe, ok := errors.AsType[toml.ParseError](err); ok {
		return pe.LastKey, pe.Message
	}
	cause = err.Error()
	if m := lastKey.FindStringSubmatch(cause); m != nil {
		return m[1], strings.TrimPrefix(cause, m[0])
	}
	return "", cause
}

// badPlace is a value that cannot be read.
type badPlace struct {
	place
	cause string
}

// badPlaces finds which of the places of a key hold a value that cannot be read.
// The toml package knows keys without their table's index, so each place is tried
// with all other keys blanked.
func badPlaces(key, text string, ps places) []badPlace {
	var bad []badPlace
	for _, p := range ps {
		if p.plain() != key {
			continue
		}
		alone := text
		for _, q := range ps {
			if q != p && !q.table {
				alone = blank(alone, q)
			}
		}
		fresh := defaults()
		if _, err := toml.Decode(alone, &fresh); err != nil {
			_, cause := valueError(err)
			bad = append(bad, badPlace{p, cause})
		}
	}
	return bad
}

func blank(text string, p place) string {
	lines := strings.Split(text, "\n")
	for n := p.first; n <= p.last; n++ {
		lines[n-1] = ""
	}
	return strings.Join(lines, "\n")
}

// unknownKeys reports keys we have no use for. Nothing starts with one: a
// misspelt key would be a rule that silently does not hold.
func unknownKeys(keys []toml.Key, name string, ps places) Faults {
	var faults Faults
	said := map[string]bool{}
	for _, k := range keys {
		for _, p := range ps {
			if p.plain() == k.String() && !said[p.path] {
				said[p.path] = true
				faults = append(faults, Fault{name, p.first, p.path, "unknown key"})
			}
		}
		if !slices.ContainsFunc(ps, func(p place) bool { return p.plain() == k.String() }) {
			faults = append(faults, Fault{name, 0, k.String(), "unknown key"})
		}
	}
	return faults
}
