package wrap

import (
	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/timestamp"
)

// The formats of wrapped lines name the wrapping, whatever header the line in
// it has.
const (
	JournalExport = "journal-export" // journalctl -o export
	JournalJSON   = "journal-json"   // journalctl -o json, -o json-pretty
	DockerJSON    = "docker-json"    // {"log":"Server ...\n","stream":"stdout","time":"2026-11-21T07:38:02.217407123Z"}
	Docker        = "docker"         // 2026-11-21T07:38:02.217407123Z <129>Nov 21 ... (docker logs -t, of a line with a header)
	CRI           = "cri"            // 2026-11-21T07:38:02.217407123Z stdout F Server ... (Kubernetes)
	JSON          = "json"           // {"message":"<129>Nov 21 ...","host":"lb1"} (log shippers; keys has the names)
)

// Wrapping is what a journal, a container runtime or a log shipper put around a
// line: the step before the header. It keeps parts of the frame, and copies only
// what stands there in another form than it was written.
type Wrapping struct {
	Format string
	Line   []byte    // what was wrapped, itself with a header or without
	place  scan.Span // where an object has it
	// said is what the wrapping says of the line, by role.
	Fields [fieldCount][]byte
	// prompt says that who stamped the line did so when it was written: its time
	// is better than a header's without zone.
	Prompt bool
	space  []byte // for such a copy; nil asks for a new one
}

// Unwrap reads a frame and reports whether something is wrapped around its line.
// One layer comes off: what looks like a wrapping inside is text.
func (w *Wrapping) Unwrap(frame []byte) bool {
	var wrapped bool
	switch c := scan.FirstByte(frame); {
	case c == '{':
		wrapped = w.unwrapJSON(frame[:scan.TrimmedEnd(frame)])
	case c == '_':
		wrapped = w.unwrapExport(frame)
	case scan.IsDigit(c):
		wrapped = w.unwrapContainer(frame[:scan.TrimmedEnd(frame)])
	}
	if !wrapped {
		return false
	}
	// rsyslog's msg begins with the blank behind the tag.
	w.Line = w.Line[scan.SkipBlanks(w.Line, 0):]
	return true
}

// Inner returns the line in a frame, the frame itself where nothing is wrapped
// around it. It is for Body: a container's line is had without the rest.
func Inner(frame []byte) []byte {
	switch c := scan.FirstByte(frame); {
	case scan.IsDigit(c):
		line := frame[:scan.TrimmedEnd(frame)]
		if _, _, at := ContainerHeader(line); at > 0 {
			return line[scan.SkipBlanks(line, at):]
		}
	case c == '{' || c == '_':
		var w Wrapping
		if w.Unwrap(frame) {
			return w.Line
		}
	}
	return frame
}

// unwrapContainer reads the time a container runtime puts before a line.
func (w *Wrapping) unwrapContainer(frame []byte) bool {
	format, n, at := ContainerHeader(frame)
	if at == 0 {
		return false
	}
	w.Format, w.Line = format, frame[at:]
	w.Fields[TimeField], w.Prompt = frame[:n], true
	return true
}

// ContainerHeader reads a time, n bytes long, and what a runtime writes behind it;
// at is where the line begins, 0 when no runtime wrote it.
//
// CRI has the line's stream and tags (kubelet CRI logging). docker logs and
// kubectl logs, with --timestamps, have nothing: then only a line with a header of
// its own tells that the time is not HAProxy's, which is as good.
func ContainerHeader(frame []byte) (format string, n, at int) {
	if !timestamp.IsDate(frame) {
		return "", 0, 0
	}
	n = len(scan.NextWord(frame[:min(len(frame), timestamp.ISOLongest+1)], 0))
	if n < timestamp.ISOLength || n == len(frame) {
		return "", 0, 0
	}
	rest := frame[n+1:]
	_, tags := CRITags(rest)
	switch {
	case tags > 0:
		format = CRI
	case HasHeader(rest):
		format = Docker
	default:
		return "", 0, 0 // before the time is looked at: nearly all lines
	}
	if timestamp.LenISO(frame) != n {
		return "", 0, 0
	}
	return format, n, n + 1 + tags
}

// CRITags reads "stdout F ", and returns its length, 0 when it is not there. P
// stands for F when the line goes on; more tags may follow, behind colons.
func CRITags(b []byte) (partial bool, size int) {
	const at = len("stdout ")
	if len(b) <= at || string(b[:3]) != "std" || string(b[3:at]) != "out " && string(b[3:at]) != "err " {
		return false, 0
	}
	tags := scan.NextWord(b, at)
	if len(tags) == 0 || tags[0] != 'F' && tags[0] != 'P' || len(tags) > 1 && tags[1] != ':' {
		return false, 0
	}
	return tags[0] == 'P', min(at+len(tags)+1, len(b))
}

// HasHeader reports whether b begins as headers do: with a PRI or a time.
func HasHeader(b []byte) bool {
	switch c := scan.FirstByte(b); {
	case c == '<':
		return len(b) > 1 && scan.IsDigit(b[1])
	case scan.IsDigit(c):
		return timestamp.LenISO(b) > 0
	}
	return timestamp.LenBSD(b) > 0
}
