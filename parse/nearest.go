package parse

import "sort"

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
