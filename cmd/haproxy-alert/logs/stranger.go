package logs

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"haproxy-alert/cmd/haproxy-alert/term"
	"haproxy-alert/parse"
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/header"
	"haproxy-alert/syslog/logfile"
	"haproxy-alert/syslog/timestamp"
)

// sampleLines is how much is looked at of what seems to be no log.
const sampleLines = 1000

// strangers says of each log that has no health line and does not look like a log at all:
// a picture, a configuration, the wrong file of two. It judges by what a log gives anyhow,
// its first line, the last and those that may be about health, so traffic costs nothing;
// only where these are strange it reads more, for a log may begin and end torn.
type strangers struct {
	W io.Writer // nil: nobody wants to know

	known bool // the log being read
}

// begin is for the next log.
func (s *strangers) begin() { s.known = false }

// look takes a line of it.
func (s *strangers) look(frame []byte) {
	if s.W != nil && !s.known {
		s.known = isFamiliar(frame)
	}
}

// end tells of a log that stayed strange.
func (s *strangers) end(log *logfile.File) {
	lines := int(log.Stats().Lines)
	if s.W == nil || s.known || lines == 0 {
		return
	}
	seen := min(lines, 2)
	if isFile(log.Name()) {
		seen = s.sample(log.Name())
	}
	if s.known {
		return
	}
	fmt.Fprintf(s.W, "%s: is it a log? Of its %s none is about health, and %d that were looked at have no header of syslog, "+
		"a journal or HAProxy; haproxy-alert explain --all shows what each is taken for\n", log.Name(), term.Counted(lines, "line"), seen)
}

// sample looks at the beginning of a file once more, and returns at how many lines.
func (s *strangers) sample(name string) (seen int) {
	log, err := logfile.Open(name, nil)
	if err != nil {
		return 0 // it has just been read: somebody took it away
	}
	defer log.Close()
	for line, err := range log.Lines() {
		if err != nil || seen == sampleLines || s.known {
			break
		}
		s.look(line)
		seen++
	}
	return seen
}

// isFamiliar reports whether a line has a header, or is one that HAProxy writes without.
func isFamiliar(frame []byte) bool {
	m := syslog.Parse(frame, timestamp.Clock{})
	if m.Format != header.Raw || strings.HasPrefix(m.Text, "Connect from ") {
		return true
	}
	if _, ok := parse.Line(m.Text); ok {
		return true
	}
	_, _, near := parse.Nearest(m.Text)
	return near || acceptDate.MatchString(m.Text[:min(len(m.Text), 256)])
}

// acceptDate stands in each line of traffic, behind who it came from (HAProxy's
// configuration manual, section 8.2).
var acceptDate = regexp.MustCompile(`\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d`)
