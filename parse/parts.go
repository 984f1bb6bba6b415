package parse

import (
	"slices"
	"strings"
)

// Part is a stretch of a line that says one field of its event.
type Part struct {
	Field    string // as in the event's JSON, or the row's own word for it
	From, To int    // bytes of the text
}

// Parts tells why a line is a health line: the row that recognises it, and which
// parts of it say what, in the order of the text. The row is empty for what is no
// health line.
func Parts(text string) (row string, parts []Part) {
	text = trimEnd(text)
	rows, end := find(lines, text)
	event, ok := Line(text)
	if !ok {
		return "", nil
	}
	for _, r := range rows {
		by := r.whole()
		if event.Truncated {
			by = r.cut()
		}
		if e, fits := by.event(text, r.kind); fits && e.sameNews(event) && r.verbIn(text[end:]) {
			return r.name, by.parts(text)
		}
	}
	return "", nil
}

// parts returns where the groups that fill a field stand.
func (r *recogniser) parts(text string) []Part {
	at := r.re.FindStringSubmatchIndex(text)
	var parts []Part
	for i, name := range r.names {
		if r.fields[i] != nil && at[2*i] >= 0 && at[2*i] < at[2*i+1] {
			parts = append(parts, Part{strings.TrimRight(name, "_"), at[2*i], at[2*i+1]})
		}
	}
	slices.SortStableFunc(parts, func(a, b Part) int { return a.From - b.From })
	return parts
}
