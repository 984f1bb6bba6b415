package was

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// image is the part of State that a checkpoint keeps.
type image struct {
	Version   int
	Now       time.Time // of the latest fact
	Seq       uint64    // of the latest fact
	Proxies   map[string]*proxy
	Pending   []transition
	Orphans   map[string][]string // untold incidents, by the server they follow
	Queues    map[string]*queue   // by channel
	Contacts  map[string]*contact // by channel
	Silences  []Silence           // of the running daemon
	Processes map[string]*process // by observer
	Deaf      map[string]string   // incidents of silent sources and the like, by key
	Matters   map[string]string   // open incidents that are about no server, by key
	Marks     map[string]heldMark // of followed log files, by path
	// LastUrgent is when a proxy without servers last went out at once; FlapsSwept
	// and LedgerSwept are when old entries were dropped; Since is when we began.
	LastUrgent, FlapsSwept, LedgerSwept, Since time.Time
	Storm                                      storm
	Copies                                     int            // lines that had arrived before
	Suppressed                                 int            // notices that a rule kept back
	Overflow                                   map[string]int // what the bounds cut off, by bound
	Held                                       map[string]int // notices a silence kept back, by its id
	tables
}

// tables are the parts of the image that grow with the servers that are spoken of.
type tables struct {
	Servers   map[string]*server   `json:",omitempty"`
	Incidents map[string]*incident `json:",omitempty"`
	Flappers  map[string]*flapper  `json:",omitempty"` // by key
	Ledger    map[string][]span    `json:",omitempty"` // outages that ended, by key
	Trails    trails               `json:",omitzero"`
}

// imageVersion changes when an older image can no longer be read; the journal's
// facts are then folded anew.
const imageVersion = 3

// Restore returns the state that Checkpoint wrote, under today's policy. What
// waits for a channel that left the policy stays, and goes out should the
// channel come back.
func Restore(p Policy, checkpoint []byte) (*State, error) {
	s := NewState(p)
	s.Version = 0 // only the checkpoint can say it
	d := json.NewDecoder(bytes.NewReader(checkpoint))
	for {
		err := d.Decode(&s.image) // a further value adds to the tables
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("restore state: %w", err)
		}
	}
	if s.Version != imageVersion {
		return nil, fmt.Errorf("restore state: version %d, want %d", s.Version, imageVersion)
	}
	for key, sv := range s.Servers {
		p := s.proxyOf(s.proxyKeyOf(key, sv))
		p.servers[key] = sv
		p.moved(up, sv.worst())
	}
	return s, nil
}

// imagePiece is how many entries of a table stand in one value of a checkpoint.
const imagePiece = 256

// Checkpoint writes the state for Restore; the latest fact in it is Seq. It is a row
// of JSON values, the image and then its tables by pieces: so no buffer is as large as
// the state, which matters most when a flood has made that large.
func (s *State) Checkpoint(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	s.sayAll()
	head := s.image
	head.tables = tables{Trails: trails{Begun: s.Trails.Begun, Order: s.Trails.Order}}
	err := e.Encode(head)
	inPieces(s.Servers, &err, func(m map[string]*server) error { return e.Encode(tables{Servers: m}) })
	inPieces(s.Incidents, &err, func(m map[string]*incident) error { return e.Encode(tables{Incidents: m}) })
	inPieces(s.Flappers, &err, func(m map[string]*flapper) error { return e.Encode(tables{Flappers: m}) })
	inPieces(s.Ledger, &err, func(m map[string][]span) error { return e.Encode(tables{Ledger: m}) })
	inPieces(s.Trails.Current, &err, func(m map[sum]*trail) error { return e.Encode(tables{Trails: trails{Current: m}}) })
	inPieces(s.Trails.Past, &err, func(m map[sum]*trail) error { return e.Encode(tables{Trails: trails{Past: m}}) })
	if err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	return nil
}

// sayAll puts in words what waits.
func (s *State) sayAll() {
	for _, q := range s.Queues {
		for k := range q.Waiting {
			q.Waiting[k].say()
		}
	}
}

// inPieces writes a table in the order of its keys, until there is an error.
func inPieces[K cmp.Ordered, V any](table map[K]V, err *error, write func(map[K]V) error) {
	for keys := range slices.Chunk(slices.Sorted(maps.Keys(table)), imagePiece) {
		piece := make(map[K]V, len(keys))
		for _, k := range keys {
			piece[k] = table[k]
		}
		if *err == nil {
			*err = write(piece)
		}
	}
}
