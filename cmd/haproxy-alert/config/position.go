package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

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
		fresh := Defaults()
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

// place is where a key stands in a TOML file, with its value: lines from first to
// last, counted from 1.
type place struct {
	path        string // "mailer[1].to"
	first, last int
	table       bool // the head of a table, not a key
}

// places finds the keys of a TOML file that parses. The toml package does not
// tell where a key stood once it is decoded.
type places []place

var (
	tableLine = regexp.MustCompile(`^\s*(\[\[?)\s*([A-Za-z0-9_."' -]+?)\s*\]\]?\s*(?:#.*)?$`)
	keyLine   = regexp.MustCompile(`^\s*([A-Za-z0-9_."'-]+)\s*=\s*(.*)$`)
)

func findPlaces(text string) places {
	var found places
	table := ""
	count := map[string]int{}
	lines := strings.Split(text, "\n")
	for n := 0; n < len(lines); n++ {
		if m := tableLine.FindStringSubmatch(lines[n]); m != nil {
			table = m[2]
			if root, rest, ok := strings.Cut(table, "."); ok && count[root] > 0 { // of the last [[root]]
				table = fmt.Sprintf("%s[%d].%s", root, count[root]-1, rest)
			}
			if m[1] == "[[" {
				table = fmt.Sprintf("%s[%d]", m[2], count[m[2]])
				count[m[2]]++
			}
			found = append(found, place{table, n + 1, n + 1, true})
			continue
		}
		if m := keyLine.FindStringSubmatch(lines[n]); m != nil {
			first := n + 1
			n += valueEnd(m[2], lines[n+1:])
			found = append(found, place{join(table, strings.Trim(m[1], `"'`)), first, n + 1, false})
		}
	}
	return found
}

// valueEnd returns how many further lines a value takes: an array or a multi-line
// string goes on until it is closed.
func valueEnd(value string, rest []string) int {
	var sc valueScanner
	sc.scan(value)
	n := 0
	for sc.open() && n < len(rest) {
		sc.scan(rest[n])
		n++
	}
	return n
}

// valueScanner follows brackets and strings through a value's lines.
type valueScanner struct {
	depth int
	quote string // the quotes that end the string we are in
}

func (sc *valueScanner) open() bool { return sc.depth > 0 || len(sc.quote) == 3 }

func (sc *valueScanner) scan(line string) {
	for i := 0; i < len(line); {
		rest := line[i:]
		switch {
		case sc.quote != "":
			i += sc.inString(rest)
		case strings.HasPrefix(rest, `"""`), strings.HasPrefix(rest, `'''`):
			sc.quote = rest[:3]
			i += 3
		case rest[0] == '"' || rest[0] == '\'':
			sc.quote = rest[:1]
			i++
		case rest[0] == '#':
			return
		default:
			sc.depth += strings.Count(rest[:1], "[") + strings.Count(rest[:1], "{") -
				strings.Count(rest[:1], "]") - strings.Count(rest[:1], "}")
			i++
		}
	}
	if len(sc.quote) == 1 {
		sc.quote = ""
	}
}

// inString returns how far to go on within a string.
func (sc *valueScanner) inString(rest string) int {
	if strings.HasPrefix(rest, sc.quote) {
		n := len(sc.quote)
		sc.quote = ""
		return n
	}
	if rest[0] == '\\' && sc.quote[0] == '"' {
		return 2
	}
	return 1
}

func join(table, key string) string {
	if table == "" {
		return key
	}
	return table + "." + key
}

// line returns where the path stands, or where its table does, or 0.
func (ps places) line(path string) int {
	for path != "" {
		for _, p := range ps {
			if p.path == path {
				return p.first
			}
		}
		cut := strings.LastIndexAny(path, ".[")
		path = path[:max(cut, 0)]
	}
	return 0
}

// at returns the key whose value takes that line, or the table whose head it is; empty
// when there is none.
func (ps places) at(line int) string {
	for _, p := range ps {
		if p.first <= line && line <= p.last {
			return p.path
		}
	}
	return ""
}

// under returns the places of a path and of all it holds; of a part of a value, those of
// the value.
func (ps places) under(path string) (all places) {
	for ; len(all) == 0 && path != ""; path = path[:max(strings.LastIndexAny(path, ".["), 0)] {
		for _, p := range ps {
			if within(p.path, path) {
				all = append(all, p)
			}
		}
	}
	return all
}

// within reports whether a key is the other one, or a part of what that holds.
func within(key, other string) bool {
	rest, ok := strings.CutPrefix(key, other)
	return ok && other != "" && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// plain is a path without the indexes, as toml names undecoded keys.
func (p place) plain() string { return indexes.ReplaceAllString(p.path, "") }

var indexes = regexp.MustCompile(`\[\d+\]`)

// syntaxWants says what is wanted where a file is no TOML, by what the toml package says
// of it. What stands there instead it does not repeat: it may be half of a password.
var syntaxWants = []struct{ said, want string }{
	{"expected value but found", "want a value: a text in quotes, a number, true, false, or a list in brackets"},
	{"expected a top-level item to end", `want the end of the line behind the value: a text, such as "2s", stands in quotes`},
	{"cannot have leading zeroes", `want no 0 before a number: a text, such as "0660", stands in quotes`},
	{"is out of range", "want a number that is not so large"},
	{"is out of the safe", "want a number that is not so large"},
	{"Invalid integer", "want a number, or a text in quotes"},
	{"nvalid float", "want a number, or a text in quotes"},
	{"must start with a digit", "want a number, or a text in quotes"},
	{"expected a digit", "want a number, or a text in quotes"},
	{"a binary number", "want a number, or a text in quotes"},
	{"octal number", "want a number, or a text in quotes"},
	{"hexadecimal number", "want a number, or a text in quotes"},
	{"sign with non-decimal", "want a number, or a text in quotes"},
	{"invalid datetime", "want a time that there is, such as 2026-11-21T07:38:00Z"},
	{"strings cannot contain newlines", "want the quote that ends the text, on this line"},
	{`EOF; expected '"`, "want the quote that ends the text"},
	{`EOF; expected "'`, "want the quote that ends the text"},
	{"table name", "want the name of a table in brackets: [incidents], or [[mailer]] where there may be several"},
	{"table array name", "want the name of a table in brackets: [incidents], or [[mailer]] where there may be several"},
	{"expected '.' or '='", "want key = value"},
	{"key separator", "want key = value"},
	{"key name appears blank", "want a key before the ="},
	{"unexpected '='", "want key = value"},
	{"unexpected '.'", "want key = value"},
	{"EOF; expected value", "want a value behind the ="},
	{"array terminator", "want a comma between the values of a list, and ] behind the last"},
	{"inline table terminator", "want a comma between the keys, and } behind the last"},
	{"unexpected comma", "want a value before the comma"},
	{"has already been defined", "want it once: it stands further up already"},
	{"was already created", "want it once: it stands further up already, in another form"},
	{"is not a table", "want it once: it stands further up already, in another form"},
	{"hexadecimal digits after", `want each backslash twice, or single quotes around the text`},
	{"nvalid escape", `want each backslash twice, or single quotes around the text`},
	{"control characters", "want no control characters, not even in a comment"},
}

// syntaxFault tells where a file is no TOML, and what is wanted there.
func syntaxFault(err error, name string, ps places) Fault {
	f := Fault{File: name, Cause: "want TOML: " + err.Error()}
	pe, ok := errors.AsType[toml.ParseError](err)
	if !ok {
		return f
	}
	f.Line, f.Key, f.Cause = pe.Position.Line, ps.at(pe.Position.Line), "want TOML: "+pe.Message
	for _, w := range syntaxWants {
		if strings.Contains(pe.Message, w.said) {
			f.Cause = w.want
			break
		}
	}
	return f
}
