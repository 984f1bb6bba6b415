package alert

import "time"

// MaxParts is how many incidents a digest tells of one by one to channels that keep a
// state of their own; Notice.Unparted counts the others.
const MaxParts = 5000

// Part is what a notice says of one incident, for channels whose peer keeps a state of
// its own, such as Alertmanager and PagerDuty. Key and Planned together name what the
// peer holds: outages of a server follow each other, and planned work may go on beside.
type Part struct {
	Incident string `json:"incident"`
	Key      string `json:"key"`
	Proxy    string `json:"proxy"`
	Server   string `json:"server,omitempty"`
	// Kind is that of the turn told last; Severity is the incident's, also at its end.
	Kind     NoticeKind `json:"kind"`
	Severity Severity   `json:"severity"`
	Planned  bool       `json:"planned,omitempty"`
	Opened   time.Time  `json:"opened"`
	// Closed is zero as long as the incident is open.
	Closed time.Time `json:"closed,omitzero"`
	// Ended is how things are since it closed: "up", "in maintenance".
	Ended  string `json:"ended,omitempty"`
	Reason string `json:"reason,omitempty"`
	// Lines are the log lines that say so, without headers: what opened it, what ended it.
	Lines []string `json:"lines,omitempty"`
}

// Up is how things are when all is well again, in Part.Ended.
const Up = "up"

// Quiet is how things are with what nothing takes back, once nothing more is said of it:
// it is over only as far as anybody knows.
const Quiet = "quiet"

// WentQuiet reports whether it is over only as far as anybody knows.
func (p Part) WentQuiet() bool { return p.Ended == Quiet }
