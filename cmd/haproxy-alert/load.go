package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
	"unicode/utf8"
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
	faults, readable := decode(&cfg, name, text, ps)
	if !readable {
		return nil, faults // what it means cannot be judged
	}
	if err := cfg.fromFolder(filepath.Dir(name)); err != nil {
		return nil, Faults{{File: name, Cause: err.Error()}}
	}
	cfg.File = append(cfg.File, files...)
	cfg.settle()
	return &cfg, faultsOf(unlessNamed(faults, validate(&cfg, name, ps)))
}

// loadToStart reads a configuration and looks at the log files it follows, too, and at
// where the journal is to be: what serve would not start with is a fault. Whoever asks
// the daemon need not read them.
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

// loadRules reads a configuration for its rules alone: nothing will be sent, so a
// secret, a certificate or a program that is not here is no fault.
func loadRules(name string) (*Config, error) {
	cfg, err := loadConfig(name)
	faults, ok := errors.AsType[Faults](err)
	if !ok || cfg == nil {
		return cfg, err
	}
	return cfg, faultsOf(slices.DeleteFunc(faults, func(f Fault) bool {
		return f.Absent || elsewhere.MatchString(f.Key)
	}))
}

// loadToCheck reads a configuration as serve would start with it; of one that is meant for
// another machine it gives apart what is not on this one.
func loadToCheck(name string, elsewhere bool) (cfg *Config, absent Faults, err error) {
	if !elsewhere {
		cfg, err = loadToStart(name)
		return cfg, nil, err
	}
	cfg, err = loadConfig(name)
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
