package parse

import (
	"regexp/syntax"
	"strings"
	"testing"
)

// TestTable holds what the table's code takes for granted of its rows.
func TestTable(t *testing.T) {
	names := map[string]bool{}
	for _, r := range lines.rows {
		if names[r.name] {
			t.Errorf("%s: there are two rows of that name", r.name)
		}
		names[r.name] = true
		if r.versions == "" || r.source == "" || r.example == "" || len(r.verbs) == 0 {
			t.Errorf("%s: a column is empty", r.name)
		}
		if !r.whole().re.MatchString(r.example) {
			t.Errorf("%s: does not recognise its example %q", r.name, r.example)
		}
		if e, ok := Line(r.example); ok != (r.kind != None) || e.Kind != r.kind || e.Truncated {
			t.Errorf("%s: its example is %+v, want kind %v", r.name, e, r.kind)
		}
		checkGroups(t, r)
	}
}

// checkGroups fails for a group that fills no field, and for a row that names a
// proxy in its words but not in its groups.
func checkGroups(t *testing.T, r *row) {
	t.Helper()
	proxy := false
	for _, name := range r.whole().re.SubexpNames()[1:] {
		proxy = proxy || name == "proxy"
		if name != "" && fields[strings.TrimRight(name, "_")] == nil {
			t.Errorf("%s: no field for group %q", r.name, name)
		}
	}
	if proxy != strings.Contains(r.of.pattern, "<proxy>") {
		t.Errorf("%s: a proxy is named outside the subject", r.name)
	}
}

// TestVerbsBeginPatterns fails for a verb that does not begin what the pattern
// recognises: its line would never be found.
func TestVerbsBeginPatterns(t *testing.T) {
	for _, r := range lines.rows {
		if r.of == refused {
			continue // its subject ends in a dot, which the pattern has
		}
		tree, err := syntax.Parse(r.pattern, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		begins := mustCompile(beginnings(tree))
		for _, verb := range r.verbs {
			if !begins.MatchString(verb) {
				t.Errorf("%s: no line of the row has the verb %q", r.name, verb)
			}
		}
	}
}

// TestFindIsUnambiguous fails if a line could be looked up under two openings of
// which neither begins the other.
func TestFindIsUnambiguous(t *testing.T) {
	for first, list := range lines.openings {
		for i, o := range list {
			if o.words[0] != byte(first) {
				t.Errorf("opening %q is under %q", o.words, rune(first))
			}
			for _, longer := range list[:i] {
				if strings.HasPrefix(o.words, longer.words) {
					t.Errorf("opening %q hides %q", longer.words, o.words)
				}
			}
		}
	}
}
