package main

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// decode reads text into cfg; false says that it cannot be made sense of. The toml
// package stops at the first value it cannot read; so that all faults come at once, the
// lines of such a value are blanked and the rest is read again.
func decode(cfg *Config, name, text string, ps places) (faults Faults, readable bool) {
	var file map[string]any
	if _, err := toml.Decode(text, &file); err != nil {
		return Faults{syntaxFault(err, name, ps)}, false
	}
	for _, m := range misfits(file) {
		f := Fault{File: name, Line: ps.line(m.path), Key: m.path, Cause: m.cause}
		for _, p := range ps.under(m.path) {
			f.Line = cmp.Or(f.Line, p.first)
			text = blank(text, p)
		}
		faults = append(faults, f)
	}
	for range len(ps) + 1 {
		fresh := defaults()
		md, err := toml.Decode(text, &fresh)
		if err == nil {
			*cfg = fresh
			return append(faults, unknownKeys(md.Undecoded(), name, ps)...), true
		}
		key, cause := valueError(err)
		bad := badPlaces(key, text, ps)
		if within := strings.LastIndexByte(key, '.'); len(bad) == 0 && within > 0 {
			bad = badPlaces(key[:within], text, ps) // of an inline table
		}
		if len(bad) == 0 {
			if len(faults) == 0 {
				faults = Faults{{File: name, Key: key, Cause: cause}}
			}
			return faults, false
		}
		for _, b := range bad {
			faults = append(faults, Fault{File: name, Line: b.first, Key: b.path, Cause: b.cause, Absent: isSecretAway(b.cause)})
			text = blank(text, b.place)
		}
	}
	return faults, false
}

// valueError tells which key, without indexes, the toml package could not read, and why.
// Kinds of values having been compared, it is a type of ours that says so.
func valueError(err error) (key, cause string) {
	if pe, ok := errors.AsType[toml.ParseError](err); ok {
		return pe.LastKey, pe.Message
	}
	return "", err.Error()
}

// isSecretAway reports whether a cause is that a secret is not here; the toml package
// leaves no more of an error than its text.
func isSecretAway(cause string) bool {
	return strings.HasPrefix(cause, "read secret ") && !strings.Contains(cause, ": want ")
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
	lines := strings.Split(text, "\n")
	heads := slices.Clone(lines)
	for _, p := range ps {
		if !p.table {
			clear(heads[p.first-1 : p.last])
		}
	}
	for _, p := range ps {
		if p.plain() != key {
			continue
		}
		alone := slices.Clone(heads)
		copy(alone[p.first-1:p.last], lines[p.first-1:])
		fresh := defaults()
		if _, err := toml.Decode(strings.Join(alone, "\n"), &fresh); err != nil {
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
				faults = append(faults, Fault{File: name, Line: p.first, Key: p.path, Cause: "unknown key"})
			}
		}
		if !slices.ContainsFunc(ps, func(p place) bool { return p.plain() == k.String() }) {
			faults = append(faults, Fault{File: name, Key: k.String(), Cause: "unknown key"})
		}
	}
	return faults
}
