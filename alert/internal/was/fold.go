package was

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// tally is what a notice tells that stands for many, because they were more than the
// channel's rate or than may wait for it. Each is named or counted.
type tally struct {
	Count int
	Notes []ServerNote // the first MaxListed
	// Lead is the subject of the worst of them, the first of its severity.
	Lead     string
	Severity Severity
}

// combine puts two notices that follow each other in a queue into one, at the place of both.
// Neither may be in flight, or have reached anybody.
func (s *State) combine(channel string, a, b waiting) waiting {
	k := s.contact(channel)
	a.say()
	b.say()
	w := waiting{Since: a.since(), Next: a.Next, Paced: a.Paced, Sum: &tally{}}
	for _, part := range [...]waiting{a, b} {
		w.Sum.add(part)
	}
	n := Notice{
		ID: shortID("folded", a.Notice.ID, b.Notice.ID), Kind: Digest, Severity: min(a.Notice.Severity, b.Notice.Severity),
		Time: later(a.Notice.Time, b.Notice.Time), Opened: earlier(a.Notice.Opened, b.Notice.Opened),
		Observers: union(union(nil, a.Notice.Observers), b.Notice.Observers),
		Unparted:  a.Notice.Unparted + b.Notice.Unparted,
	}
	if a.Sum == nil { // its parts are shared with the queues of other channels
		a.Notice.Parts = slices.Clip(a.Notice.Parts)
	}
	n.Parts = append(a.Notice.Parts, b.Notice.Parts...)
	if len(n.Parts) > 2*MaxParts {
		n.boundParts()
	}
	if a.Notice.Proxy == b.Notice.Proxy {
		n.Proxy = a.Notice.Proxy
	}
	n.Incident, n.First = n.ID, n.ID
	w.Notice = n
	if s.trace != nil {
		s.trace(Decision{Time: s.Now, Kind: Digest, Notice: n, Channels: []string{channel}, Instead: []string{a.Notice.ID, b.Notice.ID}})
	}
	for _, part := range [...]waiting{a, b} {
		k.move(part.Notice.ID, n.ID)
		if part.Sum == nil {
			k.Folded++
		}
	}
	return w
}

func (m *tally) add(w waiting) {
	notes, count, lead := []ServerNote{w.Notice.note()}, 1, w.Notice.Subject
	if w.Sum != nil {
		notes, count, lead = w.Sum.Notes, w.Sum.Count, w.Sum.Lead
	}
	if m.Lead == "" || w.Notice.Severity < m.Severity {
		m.Lead, m.Severity = lead, w.Notice.Severity
	}
	m.Count += count
	m.Notes = append(m.Notes, notes[:min(len(notes), MaxListed-len(m.Notes))]...)
}

// note is the line of a notice in a digest of notices: its subject, behind what it is
// about.
func (n Notice) note() ServerNote {
	key := n.Key()
	if key == "" {
		return ServerNote{Key: n.Kind.String(), State: n.Subject}
	}
	return ServerNote{Key: key, State: strings.Replace(n.Subject, key+": ", "", 1)}
}

// boundParts keeps the last word on each server, and MaxParts at the most.
func (n *Notice) boundParts() {
	n.Parts = lastParts(n.Parts)
	if more := len(n.Parts) - MaxParts; more > 0 {
		n.Parts, n.Unparted = n.Parts[:MaxParts], n.Unparted+more
	}
}

// lastParts keeps of each server the last word on its outage, and on its planned work.
func lastParts(parts []Part) []Part {
	type held struct {
		key     string
		planned bool
	}
	last := map[held]int{}
	for k, p := range parts {
		last[held{p.Key, p.Planned}] = k
	}
	var kept []Part
	for k, p := range parts {
		if last[held{p.Key, p.Planned}] == k {
			kept = append(kept, p)
		}
	}
	return kept
}

// foldAll folds all that waits for a channel from which nothing is in flight. A notice
// that some have got already stays by itself, for the others.
func (s *State) foldAll(channel string, q *queue) {
	from := 0
	if len(q.Waiting[0].Done) > 0 {
		from = 1
	}
	for len(q.Waiting) > from+1 {
		w := s.combine(channel, q.Waiting[from], q.Waiting[from+1])
		q.Waiting[from+1] = w
		q.drop(from)
	}
}

// andMore ends the subject of a notice that stands for many: it leads with the worst.
const andMore = ", and %d notices more"

// told is the notice as it goes out: it is put in words only now.
func (w waiting) told(words *Words) Notice {
	n := w.Notice
	if w.Sum == nil {
		w.unsaid.say(&n)
		return n
	}
	n.boundParts()
	sc := Scene{
		Notice: n, Mark: "DIGEST", What: strconv.Itoa(w.Sum.Count) + " notices in one",
		Digest: w.Sum.Count, Servers: w.Sum.Notes,
		Notes: []string{"They were more than this channel's rate, or than may wait for it; they stand in the order of the events."},
	}
	_, n.Body, n.HTML = words.write(sc)
	n.Subject = oneLine(w.Sum.Lead, MaxSubject-len(andMore)) + fmt.Sprintf(andMore, w.Sum.Count-1)
	return n
}
