package alert

import "time"

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

// Miss is what is known of lines of a log file that may have been missed.
type Miss struct {
	// Times is how often that happened in a row, Cause why at first.
	Times int    `json:"times,omitempty"`
	Cause string `json:"why,omitempty"`
	// File is the one they stood in, or should have; of a rotated log it is not the log.
	File string `json:"file,omitempty"`
	// Bytes is how much was missed, at the least; 0 when nobody knows.
	Bytes int64 `json:"bytes,omitempty"`
	// Since is when nothing was missed yet; zero when nobody knows.
	Since time.Time `json:"since,omitzero"`
}

// Mark is how far a log file has been taken in. It stands in the fact of the file's
// line, so that both become durable at once: after a crash reading goes on behind the
// last line that is in the journal. What its fields mean is syslog.Position's to say.
type Mark struct {
	Path     string `json:"path,omitempty"`
	Dev      uint64 `json:"dev,omitempty"`
	Inode    uint64 `json:"ino,omitempty"`
	Offset   int64  `json:"off,omitempty"`
	Skip     int    `json:"skip,omitempty"`
	Head     uint64 `json:"head,omitempty"`
	HeadSize int    `json:"size,omitempty"`
	Tail     uint64 `json:"tail,omitempty"`
	Modified int64  `json:"mod,omitempty"`
	Since    int64  `json:"since,omitempty"`
}
