package follow

import "time"

// Miss is what is known of lines of a log that may have been missed.
type Miss struct {
	// Cause says why, in a few words; Err says more, if there is more to say.
	Cause string
	Err   error
	// File is the one that they stood in, or should have.
	File string
	// Bytes is how much was missed at the least; 0 when nobody knows.
	Bytes int64
	// Since is when nothing was missed yet; zero when nobody knows.
	Since time.Time
}

// Why is the cause with all that is known of it.
func (m Miss) Why() string {
	if m.Err == nil {
		return m.Cause
	}
	return m.Cause + ": " + m.Err.Error()
}

// miss tells that lines may be missing. It comes before the position goes on behind
// them: whoever keeps what the sink is told in its order never has a position behind
// lines of which he does not know that they are missing.
func (f *Follower) miss(m Miss) {
	m.Since = sinceTime(f.at.Since)
	f.lastMiss.Store(&m)
	f.missed.Add(1)
	attrs := []any{"what", m.Cause, "file", m.File}
	if m.Bytes > 0 {
		attrs = append(attrs, "bytes", m.Bytes)
	}
	if m.Err != nil {
		attrs = append(attrs, "err", m.Err)
	}
	f.log.Warn("lines may be missing", attrs...)
	f.taken.Miss = m
	f.rest()
	f.taken.Miss = Miss{}
}

// unread is how much of a file that cannot be read was not taken; 0 where its size does
// not say so.
func (c choice) unread() int64 {
	switch {
	case c.packed():
		return 0
	case c.resume != nil:
		return max(0, c.info.Size()-c.resume.Offset)
	}
	return c.info.Size()
}

// left is how much of a file was not taken, as far as it was seen.
func (f *Follower) left(s *source) int64 {
	if f.at.Skip > 0 {
		return s.unread()
	}
	return max(0, s.info.Size()-f.at.Offset)
}
