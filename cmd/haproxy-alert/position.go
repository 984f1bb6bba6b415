package main

import (
	"fmt"
	"regexp"
	"strings"
)

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
