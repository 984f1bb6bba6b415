package parse

import (
	"bytes"
	"strings"
)

// Line reads the text of a message, without the syslog header, and reports
// whether it is a health line. Text that merely contains one is none; trailing
// newlines, carriage returns and NULs do not count.
//
// A line that HAProxy cut at its length limit is still the event its beginning
// says, with Truncated set, as long as the beginning names the kind, the proxy
// and the server; half a number or half a name is left out.
func Line(text string) (Event, bool) {
	text = trimEnd(text)
	rows, end := find(lines, text)
	if rows == nil {
		return Event{}, false
	}
	said := text[end:]
	for _, r := range rows {
		if r.kind == None || !r.verbIn(said) {
			continue
		}
		if e, ok := r.whole().event(text, r.kind); ok {
			return e, true
		}
	}
	return cutLine(rows, text, said)
}

// trimEnd removes what transports leave behind a message.
func trimEnd(text string) string {
	for n := len(text); n > 0; n-- {
		switch text[n-1] {
		case '\n', '\r', 0:
		default:
			return text[:n]
		}
	}
	return ""
}

// verbIn reports whether one of the row's verbs follows the subject.
func (r *row) verbIn(said string) bool {
	for _, verb := range r.verbs {
		if strings.HasPrefix(said, verb) {
			return true
		}
	}
	return false
}

// cutLine reads a line of which only the beginning is there. It is an event if
// all rows it may be the beginning of report the same of the same server, and
// says then what all of them say.
func cutLine(rows []*row, text, said string) (Event, bool) {
	var found Event
	for _, r := range rows {
		e, fits := r.cutEvent(text, said)
		if !fits {
			continue
		}
		if !e.about(r) || found.Kind != None && !e.sameNews(found) {
			return Event{}, false
		}
		if found.Kind != None && e != found {
			e = Event{Kind: e.Kind, Proxy: e.Proxy, Server: e.Server, Backup: e.Backup, Truncated: true}
		}
		found = e
	}
	return found, found.Kind != None
}

// cutEvent reports whether text may be a beginning of the row's line. The event
// has no kind when the cut leaves the row's verb open.
func (r *row) cutEvent(text, said string) (Event, bool) {
	if r.verbIn(said) {
		e, ok := r.cut().event(text, r.kind)
		e.Truncated = true
		return e, ok
	}
	for _, verb := range r.verbs {
		if strings.HasPrefix(verb, said) {
			return Event{}, true
		}
	}
	return Event{}, false
}

// about reports whether e says what happened to whom, as far as r's lines do.
func (e Event) about(r *row) bool {
	return e.Kind != None && (e.Proxy != "" || r.of == process)
}

// sameNews reports whether both say the same of the same server.
func (e Event) sameNews(other Event) bool {
	return e.Kind == other.Kind && e.Proxy == other.Proxy && e.Server == other.Server
}

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
