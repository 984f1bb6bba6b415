package syslog

import (
	"bytes"
	"strings"
	"time"

	"haproxy-alert/syslog/header"
	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/timestamp"

	"gopkg.in/mcuadros/go-syslog.v2/format"
)

// The limits of go-syslog's RFC 5424 fields, those of section 6.
const (
	maxAppName = 48
	maxProcID  = 128
	maxMsgID   = 32
	maxSecFrac = len(".217407")
	leapSecond = "60"
	leapDay    = "Feb 29"
)

// byLibrary fills the fields by go-syslog and reports whether it did. It is asked
// only for what it is known to read: the pre-screen has found the whole header by
// its structure, so that neither its panics ("<34>", "<129>Sep 23 10:00:00 lb1")
// nor its inventions (our own host name for a missing one, the present time for
// an unknown form) can be reached.
func (m *Message) byLibrary(h *header.Header, b []byte, c timestamp.Clock) bool {
	var parts format.LogParts
	before := b[:h.Body] // the text is ours to cut; spare the library its copy
	switch {
	case h.Format == header.RFC3164 && reads3164(h, b):
		parts, m.Panicked = decode((&format.RFC3164{}).GetParser(before))
	case (h.Format == header.RFC5424 || h.Format == header.Proto23) && reads5424(h, b):
		parts, m.Panicked = decode((&format.RFC5424{}).GetParser(before))
	}
	if parts == nil {
		return false
	}
	m.take(parts, h, b, c)
	return true
}

// decode runs go-syslog's parser; nil parts mean that it could not read the
// header. This is the only place where a panic is stopped.
func decode(p format.LogParser) (parts format.LogParts, panicked bool) {
	defer func() {
		if recover() != nil {
			parts, panicked = nil, true
		}
	}()
	p.Location(time.UTC) // the hands alone matter: Clock settles year and zone
	if p.Parse() != nil {
		return nil, false
	}
	return p.Dump(), false
}

// take copies the library's answers. A host name counts only when the header has
// one, and the process id of RFC 3164 is ours: go-syslog drops it.
func (m *Message) take(parts format.LogParts, h *header.Header, b []byte, c timestamp.Clock) {
	m.Facility, _ = parts["facility"].(int)
	m.Severity, _ = parts["severity"].(int)
	if host, _ := parts["hostname"].(string); !h.Host.Empty() && host != "-" {
		m.Host = host
	}
	tag, _ := parts["tag"].(string)
	if app, ok := parts["app_name"].(string); ok {
		tag = app
	}
	if tag != "-" {
		m.Tag = tag
	}
	m.PID = pid(h.PID.Of(b))
	at, _ := parts["timestamp"].(time.Time)
	switch h.Layout {
	case timestamp.BSD:
		m.Time = c.Resolve(timestamp.CivilOf(at))
	case timestamp.ISO:
		_, east := at.Zone()
		m.Time, m.Zoned = at.In(timestamp.Fixed(east)), true
	case timestamp.None, timestamp.Unix:
	}
}

// reads3164 is the pre-screen of RFC 3164 headers. Not the library's: fractions,
// a 29th of February (it moves to March in a year without one), leap seconds,
// tags of several words, a header without tag, words more than a blank apart.
func reads3164(h *header.Header, b []byte) bool {
	at, tag := string(h.Time.Of(b)), string(h.Tag.Of(b))
	first := h.Tag.From
	if !h.Host.Empty() {
		first = h.Host.From
	}
	_, valid := h.Civil(b)
	return valid && len(at) == timestamp.BSDLength && !strings.HasSuffix(at, leapSecond) && !strings.HasPrefix(at, leapDay) &&
		tag != "" && !strings.ContainsAny(tag, " :[") && b[h.Body-1] == ' ' &&
		first == h.Time.To+1 && (h.Host.Empty() || h.Tag.From == h.Host.To+1 && b[h.Host.To-1] != ':')
}

// reads5424 is the pre-screen of RFC 5424 headers. Not the library's: more than
// six digits of a fraction, a missing or unknown zone, a zone without colon, leap
// seconds, an APP-NAME of several words or of more than 48 bytes.
func reads5424(h *header.Header, b []byte) bool {
	if h.Layout == timestamp.ISO {
		at := h.Time.Of(b)
		n := timestamp.LenFraction(at[timestamp.ISOLength:])
		east := at[timestamp.ISOLength+n:]
		w, valid := h.Civil(b)
		if !valid || !w.Zoned || n > maxSecFrac || len(east) == len("+0100") || string(at[17:19]) == leapSecond {
			return false
		}
	}
	tag := h.Tag.Of(b)
	return len(tag) <= maxAppName && bytes.IndexByte(tag, ' ') < 0 &&
		len(h.PID.Of(b)) <= maxProcID && len(scan.NextWord(b, h.PID.To+1)) <= maxMsgID
}
