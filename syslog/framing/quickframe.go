package framing

import "bytes"

// quick takes the next frame if it is one of those that nearly every stream is made
// of: whole, not too long, and with a PRI. It is several times as fast as take and
// never says anything else: FuzzFramer holds one against the other.
func (f *Framer) quick() (data []byte, ok bool) {
	b := f.buf[f.r:f.w]
	if len(b) == 0 || f.drop || f.skip|f.seen != 0 {
		return nil, false
	}
	if b[0] == '<' {
		return f.quickLine(b)
	}
	return f.quickCounted(b)
}

func (f *Framer) quickLine(b []byte) (data []byte, ok bool) {
	n := bytes.IndexByte(b, '\n')
	if n < 0 || n > f.max || f.rawCount || f.zeros {
		return nil, false
	}
	f.priority = true
	f.r += n + 1
	return b[:n], true
}

func (f *Framer) quickCounted(b []byte) (data []byte, ok bool) {
	size, at := 0, 0
	for at < len(b) && at < countDigits && isDigit(b[at]) {
		size = size*10 + int(b[at]-'0')
		at++
	}
	at++ // the blank
	if f.rawLine || size < len("<1") || size > f.max || len(b)-at < size ||
		b[0] == '0' || b[at-1] != ' ' || b[at] != '<' || !isDigit(b[at+1]) {
		return nil, false
	}
	f.rawCount, f.priority = false, true
	f.r += at + size
	return b[at : at+size], true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
