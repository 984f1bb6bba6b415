package engine

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"haproxy-alert/alert"
	"haproxy-alert/alert/dedup"
	"haproxy-alert/alert/group"
	"haproxy-alert/alert/health"
	"haproxy-alert/alert/incident"
	"haproxy-alert/alert/template"
)

// version changes when the layout of a checkpoint does. The version before is read, too
// (snapshot_v3.go); one that is not known is an error, and the journal's facts are then
// folded anew.
const version = 4

// ErrVersion is returned by Restore for a checkpoint whose version is not known.
var ErrVersion = errors.New("unknown version")

// Restore returns the state that Checkpoint wrote, under today's policy and words. What
// waits for a channel that left the policy stays, and goes out should the channel come
// back. The error is ErrVersion, or says what cannot be read.
func Restore(p alert.Policy, words *template.Renderer, checkpoint []byte) (*State, error) {
	s := New(p, words)
	var head struct{ Version int }
	if err := json.NewDecoder(bytes.NewReader(checkpoint)).Decode(&head); err != nil {
		return nil, fmt.Errorf("restore state: %w", err)
	}
	var err error
	switch head.Version {
	case version:
		err = decodeAll(checkpoint, &s.snapshot)
	case 3:
		err = s.restoreV3(checkpoint)
	default:
		err = fmt.Errorf("%w %d, want %d", ErrVersion, head.Version, version)
	}
	if err != nil {
		return nil, fmt.Errorf("restore state: %w", err)
	}
	s.Version = version
	s.configure()
	return s, nil
}

// decodeAll reads a row of JSON values into one: a further value adds to the tables.
func decodeAll(data []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	for {
		if err := d.Decode(to); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// pieceSize is how many entries of a table stand in one value of a checkpoint.
const pieceSize = 256

// piece is a value that adds to one or two tables of a snapshot.
type piece struct {
	Dedup     *dedup.Filter     `json:",omitempty"`
	Health    *health.Table     `json:",omitempty"`
	Incidents *incident.Tracker `json:",omitempty"`
	Groups    *groupPiece       `json:",omitempty"`
}

type groupPiece struct {
	Conversations map[string]*group.Conversation
}

// Checkpoint writes the state for Restore; the latest fact in it is Seq. It is a row
// of JSON values, the snapshot and then its tables by pieces: so no buffer is as large as
// the state, which matters most when a flood has made that large.
func (s *State) Checkpoint(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	s.Outbox.Render()
	head := s.snapshot
	head.Dedup.Current, head.Dedup.Past = nil, nil
	head.Health.Servers = nil
	head.Incidents.Records, head.Incidents.Servers, head.Incidents.Flappers, head.Incidents.History.Outages = nil, nil, nil, nil
	head.Groups.Conversations = nil
	t := &tables{encode: e.Encode}
	t.write(head)
	write(t, s.Health.Servers, func(m map[string]*health.Server) piece { return piece{Health: &health.Table{Servers: m}} })
	write(t, s.Incidents.Records, func(m map[string]*incident.Record) piece {
		return piece{Incidents: &incident.Tracker{Records: m}}
	})
	write(t, s.Incidents.Servers, func(m map[string]incident.Pair) piece { return piece{Incidents: &incident.Tracker{Servers: m}} })
	write(t, s.Incidents.Flappers, func(m map[string]*incident.Flapper) piece {
		return piece{Incidents: &incident.Tracker{Flappers: m}}
	})
	write(t, s.Incidents.History.Outages, func(m map[string][]incident.Span) piece {
		return piece{Incidents: &incident.Tracker{History: incident.History{Outages: m}}}
	})
	write(t, s.Groups.Conversations, func(m map[string]*group.Conversation) piece { return piece{Groups: &groupPiece{m}} })
	write(t, s.Dedup.Current, func(m map[dedup.Sum]*dedup.Stream) piece { return piece{Dedup: &dedup.Filter{Current: m}} })
	write(t, s.Dedup.Past, func(m map[dedup.Sum]*dedup.Stream) piece { return piece{Dedup: &dedup.Filter{Past: m}} })
	if t.err != nil {
		return fmt.Errorf("write state: %w", t.err)
	}
	return nil
}

// tables writes values until there is an error.
type tables struct {
	encode func(any) error
	err    error
}

func (t *tables) write(v any) {
	if t.err == nil {
		t.err = t.encode(v)
	}
}

// write writes a table in the order of its keys, by pieces.
func write[K cmp.Ordered, V any](t *tables, table map[K]V, pieceOf func(map[K]V) piece) {
	for keys := range slices.Chunk(slices.Sorted(maps.Keys(table)), pieceSize) {
		part := make(map[K]V, len(keys))
		for _, k := range keys {
			part[k] = table[k]
		}
		t.write(pieceOf(part))
	}
}
