package parse

import "bytes"

// Candidate reports whether text may be a health line. It is true of every text
// of which Line is, and false of all but a few lines of traffic; it neither
// allocates nor looks further than the first word and a half.
//
// Most health lines begin with fixed words, so the first byte leaves at most a
// handful of beginnings to compare. The others begin with a name of any length,
// "be/s changed its IP" or "be/s: IP changed": there the words behind the name
// decide. A traffic line begins with an address, and behind it stands "[" or a
// word that is none of theirs.
func Candidate(text []byte) bool {
	if len(text) == 0 || lines.openings[text[0]] == nil && !lines.mayBeNamed(text) {
		return false
	}
	rows, _ := find(lines, text)
	return rows != nil
}

// mayBeNamed reports whether a verb of a line that begins with a name may follow
// the first blank. It is what most traffic needs, and twice as fast as find.
func (t *table) mayBeNamed(text []byte) bool {
	verb := bytes.IndexByte(text, ' ') + 1
	return verb > 0 && verb < len(text) && t.named[text[verb]] != nil
}
