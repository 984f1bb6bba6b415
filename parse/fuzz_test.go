package parse

import (
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzLine holds what doc.go promises of any text: an event is a candidate, is
// safe to show, does not depend on trailing line ends, and does not survive
// garbage behind it as another event.
func FuzzLine(f *testing.F) {
	for i, s := range allSpecimens(f) {
		f.Add(s.line, hostile[i%len(hostile)])
	}
	f.Fuzz(func(t *testing.T, text, garbage string) {
		e, ok := Line(text)
		if ok != (e.Kind != None) {
			t.Fatalf("event %v but kind %v: %q", ok, e.Kind, text)
		}
		if again, _ := Line(text + "\r\n\x00"); again != e {
			t.Fatalf("line end changed %+v to %+v: %q", e, again, text)
		}
		if !ok {
			return
		}
		if !Candidate([]byte(text)) {
			t.Fatalf("an event but no candidate: %q", text)
		}
		checkSafe(t, text, e)
		checkGarbage(t, text, garbage, e)
	})
}

// checkGarbage fails if garbage behind a line makes it another event. A cut line
// may be continued, and a dot may turn out to belong to a name: then it says
// more, but of the same kind. Only names behind which the sentence ends can grow.
func checkGarbage(t *testing.T, text, garbage string, e Event) {
	t.Helper()
	long, ok := Line(text + garbage)
	if !ok || strings.Trim(garbage, "\n\r\x00") == "" {
		return
	}
	nameGrew := !e.Truncated && e.Server == "" && strings.HasPrefix(long.Proxy, e.Proxy+".")
	if long.Kind != e.Kind || long.Server != e.Server || long.Proxy != e.Proxy && !nameGrew {
		t.Fatalf("%+v\nbecame %+v\nby %q behind %q", e, long, garbage, text)
	}
}

// checkSafe fails if a string of the event must not reach a terminal or a mail
// header.
func checkSafe(tb testing.TB, text string, e Event) {
	tb.Helper()
	for _, v := range reflect.ValueOf(e).Fields() {
		if v.Kind() != reflect.String {
			continue
		}
		said := v.String()
		if !utf8.ValidString(said) || strings.ContainsFunc(said, unicode.IsControl) {
			tb.Fatalf("unsafe %q in %+v of %q", said, e, text)
		}
	}
}

// FuzzCandidate looks for lines that Candidate would hide from Line.
func FuzzCandidate(f *testing.F) {
	for _, s := range allSpecimens(f) {
		f.Add([]byte(s.line))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if Candidate(text) {
			return
		}
		if e, ok := Line(string(text)); ok {
			t.Fatalf("no candidate but %+v: %q", e, text)
		}
		if rows := matching(string(text)); len(rows) > 0 {
			t.Fatalf("no candidate but row %s recognises it: %q", rows[0].name, text)
		}
	})
}
