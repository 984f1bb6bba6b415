package journal

import "fmt"

// Damage is one fault found in a journal. It is an error, but never ends the
// reading: what is good before and after it is given out.
type Damage struct {
	// File is the segment or checkpoint it was found in.
	File string
	// Offset and Bytes bound the stretch that is no record; Bytes is 0 when facts
	// are missing but every byte that is there can be read.
	Offset, Bytes int64
	// First and Last are the sequence numbers of the facts known to be missing,
	// both 0 when none is: a torn tail does not say how many it held.
	First, Last uint64
	// tail says that the stretch reaches the end of the last segment.
	tail bool
	// Err says what is wrong.
	Err error
}

// Error tells the whole fault in one line.
func (d Damage) Error() string {
	text := fmt.Sprintf("read journal %s: offset %d, %d bytes: %v", d.File, d.Offset, d.Bytes, d.Err)
	switch d.First {
	case 0:
		return text
	case d.Last:
		return fmt.Sprintf("%s; fact %d is missing", text, d.First)
	}
	return fmt.Sprintf("%s; facts %d to %d are missing", text, d.First, d.Last)
}

// Unwrap returns Err.
func (d Damage) Unwrap() error { return d.Err }
