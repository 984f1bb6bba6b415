package syslog

// The clothings of wrapped lines name the wrapping, whatever header the line in
// it has.
const (
	JournalExport = "journal-export" // journalctl -o export
	JournalJSON   = "journal-json"   // journalctl -o json, -o json-pretty
	DockerJSON    = "docker-json"    // {"log":"Server ...\n","stream":"stdout","time":"2026-11-21T07:38:02.217407123Z"}
	Docker        = "docker"         // 2026-11-21T07:38:02.217407123Z <129>Nov 21 ... (docker logs -t, of a line with a header)
	CRI           = "cri"            // 2026-11-21T07:38:02.217407123Z stdout F Server ... (Kubernetes)
	JSON          = "json"           // {"message":"<129>Nov 21 ...","host":"lb1"} (log shippers; keys has the names)
)

// wrapping is what a journal, a container runtime or a log shipper put around a
// line: the step before the header. It keeps parts of the frame, and copies only
// what stands there in another form than it was written.
type wrapping struct {
	clothing string
	line     []byte // what was wrapped, itself with a header or without
	place    span   // where an object has it
	// said is what the wrapping says of the line, by role.
	said [roles][]byte
	// prompt says that who stamped the line did so when it was written: its time
	// is better than a header's without zone.
	prompt bool
	space  []byte // for such a copy; nil asks for a new one
}

// unwrap reads a frame and reports whether something is wrapped around its line.
// One layer comes off: what looks like a wrapping inside is text.
func (w *wrapping) unwrap(frame []byte) bool {
	var wrapped bool
	switch c := firstByte(frame); {
	case c == '{':
		wrapped = w.unwrapJSON(frame[:TrimmedEnd(frame)])
	case c == '_':
		wrapped = w.unwrapExport(frame)
	case isDigit(c):
		wrapped = w.unwrapContainer(frame[:TrimmedEnd(frame)])
	}
	if !wrapped {
		return false
	}
	// rsyslog's msg begins with the blank behind the tag.
	w.line = w.line[skipBlanks(w.line, 0):]
	return true
}

// unwrapped returns the line in a frame, the frame itself where nothing is wrapped
// around it. It is for Body: a container's line is had without the rest.
func unwrapped(frame []byte) []byte {
	switch c := firstByte(frame); {
	case isDigit(c):
		line := frame[:TrimmedEnd(frame)]
		if _, _, at := containerHead(line); at > 0 {
			return line[skipBlanks(line, at):]
		}
	case c == '{' || c == '_':
		var w wrapping
		if w.unwrap(frame) {
			return w.line
		}
	}
	return frame
}

// unwrapContainer reads the time a container runtime puts before a line.
func (w *wrapping) unwrapContainer(frame []byte) bool {
	clothing, n, at := containerHead(frame)
	if at == 0 {
		return false
	}
	w.clothing, w.line = clothing, frame[at:]
	w.said[roleTime], w.prompt = frame[:n], true
	return true
}

// containerHead reads a time, n bytes long, and what a runtime writes behind it;
// at is where the line begins, 0 when no runtime wrote it.
//
// CRI has the line's stream and tags (kubelet CRI logging). docker logs and
// kubectl logs, with --timestamps, have nothing: then only a line with a header of
// its own tells that the time is not HAProxy's, which is as good.
func containerHead(frame []byte) (clothing string, n, at int) {
	if !IsDate(frame) {
		return "", 0, 0
	}
	n = len(nextWord(frame[:min(len(frame), isoLongest+1)], 0))
	if n < isoLength || n == len(frame) {
		return "", 0, 0
	}
	rest := frame[n+1:]
	_, tags := criTags(rest)
	switch {
	case tags > 0:
		clothing = CRI
	case hasHeader(rest):
		clothing = Docker
	default:
		return "", 0, 0 // before the time is looked at: nearly all lines
	}
	if isoStamp(frame) != n {
		return "", 0, 0
	}
	return clothing, n, n + 1 + tags
}

// criTags reads "stdout F ", and returns its length, 0 when it is not there. P
// stands for F when the line goes on; more tags may follow, behind colons.
func criTags(b []byte) (partial bool, size int) {
	const at = len("stdout ")
	if len(b) <= at || string(b[:3]) != "std" || string(b[3:at]) != "out " && string(b[3:at]) != "err " {
		return false, 0
	}
	tags := nextWord(b, at)
	if len(tags) == 0 || tags[0] != 'F' && tags[0] != 'P' || len(tags) > 1 && tags[1] != ':' {
		return false, 0
	}
	return tags[0] == 'P', min(at+len(tags)+1, len(b))
}

// hasHeader reports whether b begins as headers do: with a PRI or a time.
func hasHeader(b []byte) bool {
	switch c := firstByte(b); {
	case c == '<':
		return len(b) > 1 && isDigit(b[1])
	case isDigit(c):
		return isoStamp(b) > 0
	}
	return bsdStamp(b) > 0
}
