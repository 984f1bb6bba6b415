package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"
)

// MaxConfig is the largest configuration file in bytes.
const MaxConfig = 1 << 20

// LoadConfig reads a configuration file over the embedded defaults; an empty name
// means the defaults alone; files are followed as well. What is wrong comes back as
// Faults, all of it.
func LoadConfig(name string, files ...File) (*Config, error) {
	cfg := Defaults()
	if name == "" {
		cfg.File = files
		cfg.Settle()
		return &cfg, faultsOf(validate(&cfg, Name(name), nil))
	}
	text, err := readConfig(name)
	if err != nil {
		return nil, Faults{{File: name, Cause: err.Error()}}
	}
	ps := findPlaces(text)
	faults, readable := decode(&cfg, name, text, ps)
	if !readable {
		return nil, faults // what it means cannot be judged
	}
	if err := cfg.fromFolder(filepath.Dir(name)); err != nil {
		return nil, Faults{{File: name, Cause: err.Error()}}
	}
	cfg.File = append(cfg.File, files...)
	cfg.Settle()
	return &cfg, faultsOf(unlessNamed(faults, validate(&cfg, name, ps)))
}

// loadToStart reads a configuration and looks at the log files it follows, too, and at
// where the journal is to be: what serve would not start with is a fault. Whoever asks
// the daemon need not read them.
func loadToStart(name string) (*Config, error) {
	cfg, err := LoadConfig(name)
	faults, ok := errors.AsType[Faults](err)
	if cfg == nil || err != nil && !ok {
		return cfg, err
	}
	v := &validator{name: Name(name)}
	if text, err := readConfig(name); err == nil {
		v.ps = findPlaces(text)
	}
	v.unfollowable(cfg.File)
	v.noFolder(cfg.Journal)
	return cfg, faultsOf(unlessNamed(faults, v.faults))
}

// noFolder finds that the journal's folder, or one above it, is none. One that does not
// exist yet is made at the start.
func (v *validator) noFolder(journal string) {
	info, err := os.Stat(journal)
	if errors.Is(err, syscall.ENOTDIR) || err == nil && !info.IsDir() {
		v.fault("journal", "%s: is no folder, or stands below what is none", journal)
	}
}

// LoadRules reads a configuration for its rules alone: nothing will be sent, so a
// secret, a certificate or a program that is not here is no fault.
func LoadRules(name string) (*Config, error) {
	cfg, err := LoadConfig(name)
	faults, ok := errors.AsType[Faults](err)
	if !ok || cfg == nil {
		return cfg, err
	}
	return cfg, faultsOf(slices.DeleteFunc(faults, func(f Fault) bool {
		return f.Absent || elsewhere.MatchString(f.Key)
	}))
}

// LoadToCheck reads a configuration as serve would start with it; of one that is meant for
// another machine it gives apart what is not on this one.
func LoadToCheck(name string, elsewhere bool) (cfg *Config, absent Faults, err error) {
	if !elsewhere {
		cfg, err = loadToStart(name)
		return cfg, nil, err
	}
	cfg, err = LoadConfig(name)
	faults, ok := errors.AsType[Faults](err)
	if !ok || cfg == nil {
		return cfg, nil, err
	}
	for _, f := range faults {
		if f.Absent {
			absent = append(absent, f)
		}
	}
	return cfg, absent, faultsOf(slices.DeleteFunc(faults, func(f Fault) bool { return f.Absent }))
}

// elsewhere are keys whose faults tell of this machine, where nothing will be sent.
var elsewhere = regexp.MustCompile(`\.(password|ca_file|cert_file|key_file|client_ca|command\[0\])$`)

// Name is what messages call the configuration.
func Name(name string) string {
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

// unlessNamed adds more faults, but none about a key that has one already, or whose
// value has.
func unlessNamed(faults, more Faults) Faults {
	for _, m := range more {
		if !slices.ContainsFunc(faults, func(f Fault) bool { return within(f.Key, m.Key) }) {
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

// pathKeys are the keys whose values name a file or a folder that may be given relative
// to the configuration's folder, wherever they stand. Log files and sockets are named by
// others, too, and have to be whole.
var pathKeys = []string{"journal", "control", "cert_file", "key_file", "client_ca", "ca_file"}

// fromFolder takes relative paths as from the folder of the configuration file: whoever
// starts the daemon, asks it or checks the file elsewhere means the same.
func (c *Config) fromFolder(folder string) error {
	resolvePaths(reflect.ValueOf(c).Elem(), folder)
	for i := range c.Exec {
		command := c.Exec[i].Command
		if len(command) == 0 || filepath.IsAbs(command[0]) || !strings.Contains(command[0], "/") {
			continue // a bare name is looked for in PATH
		}
		path, err := filepath.Abs(filepath.Join(folder, command[0]))
		if err != nil {
			return err
		}
		command[0] = path // whole: "./x" cleaned would be such a name
	}
	return nil
}

// resolvePaths does so in a table and in those it holds.
func resolvePaths(table reflect.Value, folder string) {
	for i := range table.NumField() {
		f, v := table.Type().Field(i), table.Field(i)
		switch {
		case !f.IsExported():
		case v.Kind() == reflect.String:
			if path := v.String(); path != "" && !filepath.IsAbs(path) && slices.Contains(pathKeys, f.Tag.Get("toml")) {
				v.SetString(filepath.Join(folder, path))
			}
		case v.Kind() == reflect.Struct:
			resolvePaths(v, folder)
		case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
			for k := range v.Len() {
				resolvePaths(v.Index(k), folder)
			}
		}
	}
}
