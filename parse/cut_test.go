package parse

import (
	"encoding/json"
	"strings"
	"testing"
)

// wholeLines are the specimens that are events and not cut already.
func wholeLines(tb testing.TB) []string {
	tb.Helper()
	var list []string
	for _, s := range allSpecimens(tb) {
		if e, ok := Line(s.line); ok && !e.Truncated {
			list = append(list, trimEnd(s.line))
		}
	}
	return list
}

// TestCutAnywhere cuts every specimen at every byte. What is left is no event,
// or the whole line's, and every field says the same as there or nothing.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	events, cuts := 0, 0
	for _, line := range wholeLines(t) {
		whole, _ := Line(line)
		for n := range len(line) {
			cuts++
			e, ok := Line(line[:n])
			if !ok || looksWhole(line, n, e) {
				continue
			}
			events++
			if field := contradiction(t, e, whole); field != "" {
				t.Fatalf("%s differs: %q\nis cut from %q\n got %+v\nwant %+v", field, line[:n], line, e, whole)
			}
		}
	}
	t.Logf("%d of %d cut lines are events", events, cuts)
	if events*2 < cuts {
		t.Error("fewer than half of the cut lines are events")
	}
}

// looksWhole reports the one doubt that text alone cannot settle: a name that
// holds a dot was cut behind it, where the sentence may end too.
func looksWhole(line string, n int, e Event) bool {
	const named = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-"
	return !e.Truncated && strings.HasSuffix(line[:n], ".") && strings.ContainsRune(named, rune(line[n]))
}

// contradiction returns the first field in which e says other than whole does.
// A cut line may leave out what follows the cut, but never what it is about.
func contradiction(tb testing.TB, e, whole Event) string {
	tb.Helper()
	part, all := fieldsSaid(tb, e), fieldsSaid(tb, whole)
	for _, name := range []string{"kind", "proxy", "server"} {
		if part[name] != all[name] {
			return name
		}
	}
	delete(part, "truncated")
	for name, said := range part {
		if said != all[name] {
			return name
		}
	}
	return ""
}

// fieldsSaid returns an event's fields by their JSON names.
func fieldsSaid(tb testing.TB, e Event) map[string]any {
	tb.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		tb.Fatal(err)
	}
	var said map[string]any
	if err := json.Unmarshal(text, &said); err != nil {
		tb.Fatal(err)
	}
	return said
}
