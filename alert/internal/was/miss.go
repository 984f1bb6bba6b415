package was

import (
	"context"
	"time"
)

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

// Missed records that lines of a log file may have been missed, as was noticed at a time,
// or that no more have been since: what was among them nobody knows. It comes behind all
// that was observed before, and before all marks that follow. The error is ctx's, or
// ErrStopped.
func (l *Loop) Missed(ctx context.Context, log string, m Miss, noticed time.Time, over bool) error {
	l.open()
	return l.put(ctx, Fact{Kind: Operator, At: noticed, Quiet: log, Miss: m, Heard: over})
}

// Gappy returns the log files of which lines may be missing just now, sorted.
func (s *State) Gappy() []string { return s.deafTo(gappyFile) }

// words tell what was missed, as it was noticed at a time.
func (m Miss) words(noticed time.Time, log string) string {
	lines, much := "lines", "unknown how much"
	if !m.Since.IsZero() {
		lines += " of the last " + Duration(max(noticed.Sub(m.Since), time.Second))
	}
	if m.Bytes > 0 {
		much = plural(int(m.Bytes), "byte", "bytes") + " at least"
	}
	cause := m.Cause
	if m.File != log && m.File != "" {
		cause += " (" + m.File + ")"
	}
	if m.Times > 1 {
		return lines + " may be missing in " + plural(m.Times, "place", "places") + ", " + much + ", at first: " + cause
	}
	return lines + " may be missing, " + much + ": " + cause
}
