package config

import (
	"cmp"
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"haproxy-alert/alert"
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
		fresh := Defaults()
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

// shape finds the values of a file that are of another kind than their keys want, before
// the toml package reads them into Config: it speaks of Go's types, stops at the first,
// and takes what is no table for an empty one where names are free (headers, labels).
// It shows no value: any may be a secret.
type shape struct{ bad []misfit }

// misfit is a value of the wrong kind.
type misfit struct {
	path  string // "mailer[0].to[1]"
	cause string
}

// misfits compares a decoded file with what it is read into.
func misfits(file map[string]any) []misfit {
	var s shape
	s.table(reflect.TypeFor[Config](), file, "")
	return s.bad
}

func (s *shape) want(path, wanted string, found any) {
	s.bad = append(s.bad, misfit{path, fmt.Sprintf("want %s, not %s", wanted, kindOf(found))})
}

// value compares one value with the type it is read into.
func (s *shape) value(t reflect.Type, v any, path string) {
	switch t.Kind() {
	case reflect.Pointer:
		s.value(t.Elem(), v, path)
		return
	case reflect.Slice:
		s.list(t.Elem(), v, path)
		return
	case reflect.Map:
		s.names(t.Elem(), v, path)
		return
	default:
	}
	switch ok, wanted := fits(t, v); {
	case !ok:
		s.want(path, wanted, v)
	case t.Kind() == reflect.Struct && !readsText(t):
		s.table(t, v.(map[string]any), path)
	}
}

// fits reports whether a value is of the kind that a type wants, and names that kind.
// What types that read themselves make of a number they say in their own words, but
// for those that take any text: 0123 would be another password.
func fits(t reflect.Type, v any) (ok bool, wanted string) {
	switch {
	case t == reflect.TypeFor[Moment]():
		switch v.(type) {
		case time.Time, string:
			return true, ""
		}
		return false, "a time such as 2026-11-21T07:38:00Z"
	case t == reflect.TypeFor[alert.Pattern]():
	case readsText(t) && t.Kind() != reflect.String:
		return isScalar(v), "a single value"
	case t.Kind() == reflect.Struct:
		_, ok = v.(map[string]any)
		return ok, "a table"
	case t.Kind() == reflect.Bool:
		_, ok = v.(bool)
		return ok, "true or false, without quotes"
	case t.Kind() == reflect.Int:
		_, ok = v.(int64)
		return ok, "a whole number, without quotes"
	}
	_, ok = v.(string)
	return ok, "a text in quotes"
}

// table compares the keys of a table that are known; the others are reported as such.
func (s *shape) table(t reflect.Type, table map[string]any, path string) {
	for f := range t.Fields() {
		if f.Anonymous {
			s.table(f.Type, table, path)
			continue
		}
		for key, v := range table {
			if f.IsExported() && strings.EqualFold(key, f.Tag.Get("toml")) { // as the toml package does
				s.value(f.Type, v, join(path, key))
			}
		}
	}
}

// list compares what stands in a list.
func (s *shape) list(t reflect.Type, v any, path string) {
	all := reflect.ValueOf(v)
	tables := t.Kind() == reflect.Struct && !readsText(t)
	switch {
	case all.Kind() != reflect.Slice && tables:
		s.bad = append(s.bad, misfit{path, fmt.Sprintf("want tables of their own, each under [[%s]] in two brackets, not %s", path, kindOf(v))})
	case all.Kind() != reflect.Slice:
		s.want(path, "a list in brackets", v)
	default:
		for i := range all.Len() {
			s.value(t, all.Index(i).Interface(), fmt.Sprintf("%s[%d]", path, i))
		}
	}
}

// names compares the values of a table whose keys are free.
func (s *shape) names(t reflect.Type, v any, path string) {
	table, ok := v.(map[string]any)
	if !ok {
		s.want(path, `a table such as { name = "value" }`, v)
	}
	for name, v := range table {
		s.value(t, v, join(path, name))
	}
}

// readsText reports whether values of the type read themselves from a text.
func readsText(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func isScalar(v any) bool {
	k := reflect.ValueOf(v).Kind()
	_, isTime := v.(time.Time)
	return isTime || k != reflect.Slice && k != reflect.Map
}

// kindOf names what a file holds.
func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case int64:
		return "a number"
	case float64:
		return "a number with a fraction"
	case bool:
		return "true or false"
	case time.Time:
		return "a time"
	case map[string]any:
		return "a table"
	}
	return "a list"
}
