package was

import (
	"fmt"
	"time"

	"haproxy-alert/parse"
)

// Fact is one thing that happened, as the journal keeps it. State is a fold of
// facts: nothing else changes it, live, at restart or in replay.
type Fact struct {
	// Seq is the fact's place in the one order, from 1, given by the journal.
	Seq uint64 `json:"-"`
	// Kind says which of the fields below are used.
	Kind FactKind `json:"f"`
	// Time is when the fact was recorded, by our clock live and by the log's in
	// replay. It never runs backwards from one fact to the next.
	Time time.Time `json:"t"`

	// Source, At, Event and Text are an Observed fact: a health line. At is the
	// line's own time, or ours when its header has none or an absurd one; Said is
	// then what the header said.
	Source Source      `json:"src,omitzero"`
	At     time.Time   `json:"at,omitzero"`
	Said   time.Time   `json:"said,omitzero"`
	Event  parse.Event `json:"ev,omitzero"`
	Text   string      `json:"txt,omitempty"` // what HAProxy wrote, without header

	// Silence is an Operator fact: a silence to begin, or with Expire to end. An
	// Operator fact without one only says that time has passed.
	Silence Silence `json:"q,omitzero"`
	Expire  bool    `json:"x,omitempty"`
	// Quiet is an Operator fact of our own: a source that was silent since At, or that
	// is Heard again.
	Quiet string `json:"quiet,omitempty"`
	Heard bool   `json:"heard,omitempty"`
	// Miss, when it has Times, says that Quiet is a log file of which lines may have been
	// missed, noticed at At, or with Heard that no more have been.
	Miss Miss `json:"miss,omitzero"`
	// Lost, when not 0, says that Quiet is a listener where the kernel dropped so many
	// lines since At, or with Heard that it drops no more.
	Lost int `json:"lost,omitempty"`
	// Mark is how far the log file is taken in that the line of an Observed fact stands
	// in; an Operator fact may say it without a line.
	Mark Mark `json:"mark,omitzero"`
	// Finished says that a file of the log has been taken to its end, which Mark is; it is
	// no place to go on from.
	Finished bool `json:"fin,omitempty"`

	// Channel, Notice, Done and Error are what became of one attempt to send.
	Channel string   `json:"ch,omitempty"`
	Notice  string   `json:"n,omitempty"`    // the notice's id
	Done    []string `json:"done,omitempty"` // recipients that have it now
	Error   string   `json:"err,omitempty"`
	// Wait is how long the peer asked us to wait, in a Failed fact.
	Wait time.Duration `json:"wait,omitempty"`
}

// FactKind is the sort of a Fact.
type FactKind uint8

// The kinds of facts.
const (
	// Observed is a health line that reached us.
	Observed FactKind = iota + 1
	// Delivered says a channel took the notice.
	Delivered
	// Failed says an attempt failed and will be repeated.
	Failed
	// Refused says the peer refused the notice for good; it is not repeated.
	Refused
	// GaveUp says the notice waited longer than give_up_after.
	GaveUp
	// Operator is a command given to the running daemon.
	Operator
)

var factNames = [...]string{
	Observed: "observed", Delivered: "delivered", Failed: "failed",
	Refused: "refused", GaveUp: "gave up", Operator: "operator",
}

// String returns the kind's name, such as "gave up".
func (k FactKind) String() string {
	if k > 0 && int(k) < len(factNames) {
		return factNames[k]
	}
	return fmt.Sprintf("FactKind(%d)", uint8(k))
}

// MarshalText writes the kind's name.
func (k FactKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a kind's name; any other text is an error.
func (k *FactKind) UnmarshalText(text []byte) error {
	for i, name := range factNames {
		if i > 0 && name == string(text) {
			*k = FactKind(i)
			return nil
		}
	}
	return fmt.Errorf("read fact kind: unknown kind %q", text)
}

// Source is where a line came from, as far as it said so.
type Source struct {
	// Listener is the receiver's address or the log file's name.
	Listener string `json:"on,omitempty"`
	// Peer is the sender's address without port; empty for files and unix sockets.
	Peer string `json:"peer,omitempty"`
	// Host is the header's host name; empty when there is none. HAProxy sends
	// none unless log-send-hostname is set, and rings say "localhost".
	Host string `json:"host,omitempty"`
	Tag  string `json:"tag,omitempty"`
	PID  int    `json:"pid,omitempty"`
	// Facility and Severity are the PRI's (RFC 5424 tables 1 and 2), or -1. Neither
	// is used to classify: HAProxy's configuration relabels them.
	Facility int `json:"fac,omitempty"`
	Severity int `json:"sev,omitempty"`
	// Copy says it is the copy HAProxy prints on stderr, not the log line itself.
	Copy bool `json:"copy,omitempty"`
}

// Observer names the load balancer behind the source: the header's host when it
// names one, else the sender's address. It is empty when neither is known, as in
// most log files: then it is the one load balancer we know of.
func (s Source) Observer() string {
	if s.Host != "" && s.Host != "localhost" && s.Host != "-" {
		return s.Host
	}
	return s.Peer
}
