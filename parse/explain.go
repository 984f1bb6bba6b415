package parse

import (
	"slices"
	"sort"
	"strings"
)

// Nearest explains a text that begins like a health line but is none: row is
// the shape it follows furthest, and at the byte where it leaves it, len(text)
// when the text only ends too early. It reports false for health lines, for
// text that does not begin like one, and for the lines the table knows to be
// about something else.
//
// A near miss is either forged or a wording this table does not have yet. To
// find the row can take a millisecond: it is for people, and a flood of near
// misses is to be counted without it (Candidate, but not Line).
func Nearest(text string) (row string, at int, ok bool) {
	text = trimEnd(text)
	rows, _ := find(lines, text)
	if _, health := Line(text); health || rows == nil {
		return "", 0, false
	}
	for _, r := range rows {
		if r.kind == None && r.whole().re.MatchString(text) {
			return "", 0, false
		}
		if far := r.follows(text); row == "" || far > at {
			row, at = r.name, far
		}
	}
	return row, at, row != ""
}

// follows returns how much of text is a beginning of the row's line. Every
// beginning of a beginning is one, so the length can be bisected.
func (r *row) follows(text string) int {
	return sort.Search(len(text), func(n int) bool { return !r.cut().re.MatchString(text[:n+1]) })
}

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
