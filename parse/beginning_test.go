package parse

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"testing"
)

func mustCompile(tree *syntax.Regexp) *regexp.Regexp {
	takeNames(tree)
	return regexp.MustCompile(`\A(?:` + tree.String() + `)\z`)
}

// TestBeginnings compares the derived expressions with the plain definition, on
// every text of up to five letters.
func TestBeginnings(t *testing.T) {
	texts := []string{""}
	for from := 0; len(texts[from]) < 5; from++ {
		for _, c := range "abc" {
			texts = append(texts, texts[from]+string(c))
		}
	}
	for _, pattern := range []string{
		"", "a", "abc", "[ab]c", "a?bc", "(?:ab)?c", "a*b", "a+b", "(?:ab)*c", "(?:ab)+c", "a|bc", "(?:ab|ac)b",
		"(a)(b(c)?)?", "a+?b", "a??bc", "(?:a|b)*abc", "(?:a(?:b|c)+)?b",
	} {
		whole := regexp.MustCompile(`\A(?:` + pattern + `)\z`)
		begin := compileCut(pattern).re
		for _, text := range texts {
			longer := slices.ContainsFunc(texts, func(s string) bool {
				return len(s) >= len(text) && s[:len(text)] == text && whole.MatchString(s)
			})
			if longer && !begin.MatchString(text) {
				t.Errorf("%q is not taken for a beginning of %q", text, pattern)
			}
			if len(text) < 3 && !longer && begin.MatchString(text) {
				t.Errorf("%q is taken for a beginning of %q", text, pattern)
			}
		}
	}
}

// TestCutSaysOnlyWhatEnded reads groups at the cut.
func TestCutSaysOnlyWhatEnded(t *testing.T) {
	const pattern = `Server ` + proxyName + ` has (?P<active>\d+) active(?:, (?P<queued>\d+) queued|, none)\.`
	r := compileCut(pattern)
	for _, tt := range []struct {
		text string
		want Event
	}{
		{"Server a", Event{}},
		{"Server a.", Event{}},
		{"Server a ", Event{Proxy: "a"}},
		{"Server a has 12", Event{Proxy: "a"}},
		{"Server a has 12 ", Event{Proxy: "a", Active: Number{12, true}}},
		{"Server a has 12 active, 3", Event{Proxy: "a", Active: Number{12, true}}},
		{"Server a has 12 active, 3 q", Event{Proxy: "a", Active: Number{12, true}, Queued: Number{3, true}}},
		{"Server a has 12 active, no", Event{Proxy: "a", Active: Number{12, true}}},
		{"Server a has 12 active, 3 queued.", Event{Proxy: "a", Active: Number{12, true}, Queued: Number{3, true}}},
	} {
		if got, ok := r.event(tt.text, None); !ok || got != tt.want {
			t.Errorf("%q: %+v, %v; want %+v", tt.text, got, ok, tt.want)
		}
	}
	for _, text := range []string{"Server a/b", "Server a has x", "Server a has 12 active, 3 none", "Server a has 12 active, none. "} {
		if e, ok := r.event(text, None); ok {
			t.Errorf("%q is taken for a beginning: %+v", text, e)
		}
	}
}
