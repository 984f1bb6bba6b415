package engine

import (
	"maps"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/dedup"
	"haproxy-alert/alert/group"
	"haproxy-alert/alert/health"
	"haproxy-alert/alert/incident"
	"haproxy-alert/alert/outbox"
)

// snapshotV3 is the checkpoint of versions up to 0.6, in which all machines were one: the
// same values in other places. It may go with the release after next.
type snapshotV3 struct {
	Now       time.Time
	Seq       uint64
	Proxies   map[string]struct{ Incident string }
	Pending   []transitionV3
	Orphans   map[string][]string
	Queues    map[string]*outbox.Queue
	Contacts  map[string]*outbox.ChannelHealth
	Silences  []alert.Silence
	Processes map[string]*health.Process
	Deaf      map[string]string
	Matters   map[string]string
	Marks     map[string]Offset

	LastUrgent, FlapsSwept, LedgerSwept, Since time.Time
	Storm                                      group.Storm
	Copies, Suppressed                         int
	Overflow                                   alert.Overflow
	Held                                       map[string]int

	Servers   map[string]*serverV3
	Incidents map[string]*incidentV3
	Flappers  map[string]*incident.Flapper
	Ledger    map[string][]incident.Span
	Trails    dedup.Filter
}

type transitionV3 struct {
	group.Transition
	Step group.Kind
}

type serverV3 struct {
	health.Server
	incident.Pair
}

// incidentV3 is a record and its conversation; their other fields have the same names.
type incidentV3 struct {
	incident.Record
	Matter       incident.Class
	Along        []string
	Started      bool
	Lull         time.Time
	Doubted      time.Time
	Heard        time.Time
	None         map[string]bool
	Guessed      bool
	Told, Folded bool
	To           []string
	First        string
	Steps        int
	LetGo        bool
}

func (s *State) restoreV3(checkpoint []byte) error {
	var old snapshotV3
	if err := decodeAll(checkpoint, &old); err != nil {
		return err
	}
	s.Now, s.Seq, s.Copies, s.Overflow, s.Offsets, s.Dedup = old.Now, old.Seq, old.Copies, old.Overflow, old.Marks, old.Trails
	s.Outbox.Queues, s.Outbox.Channels = old.Queues, old.Contacts
	s.Routes.Silences, s.Routes.Held = old.Silences, old.Held
	s.Health.Processes = old.Processes
	s.Groups.Storm, s.Groups.LastUrgent, s.Groups.Suppressed = old.Storm, old.LastUrgent, old.Suppressed
	for _, t := range old.Pending {
		t.Kind = t.Step
		s.Groups.Pending = append(s.Groups.Pending, t.Transition)
	}
	t := &s.Incidents
	t.WaitingForParent, t.Flappers, t.FlapsSwept = old.Orphans, old.Flappers, old.FlapsSwept
	t.History = incident.History{Outages: old.Ledger, Swept: old.LedgerSwept, Since: old.Since}
	for _, open := range []map[string]string{old.Deaf, old.Matters} {
		maps.Copy(t.Troubles, open)
	}
	for key, p := range old.Proxies {
		if p.Incident != "" {
			t.Proxies[key] = p.Incident
		}
	}
	for key, sv := range old.Servers {
		s.Health.Servers[key] = &sv.Server
		if sv.Pair != (incident.Pair{}) {
			t.Servers[key] = sv.Pair
		}
	}
	for id, i := range old.Incidents {
		t.Records[id] = i.record()
		s.Groups.Conversations[id] = &group.Conversation{
			Told: i.Told, To: i.To, First: i.First, Steps: i.Steps, WasMember: i.Folded, RelapseDropped: i.LetGo,
		}
	}
	return nil
}

func (i *incidentV3) record() *incident.Record {
	r := &i.Record
	r.Class, r.Parts, r.AfterReload, r.CalmSince = i.Matter, i.Along, i.Started, i.Lull
	r.UnknownSince, r.LastSeen, r.NoneSeenBy, r.Inferred = i.Doubted, i.Heard, i.None, i.Guessed
	if c := incident.ClassOf(r.Key); r.Class == incident.Outage && c.FromSource() && r.Server == "" && len(r.Lines) == 0 {
		r.Class = c // silent sources and the like had no mark but their key
	}
	return r
}
