package syslog

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
	if len(frame) < isoLength || !shapeDate.fits(frame) {
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
