package incident

import "strings"

// Class is what an incident is about. All but Outage are troubles: they are about no
// server. Their name stands where a proxy's does.
type Class uint8

// The classes.
const (
	Outage    Class = iota // a server, or a proxy without any
	Limit                  // HAProxy reached a limit
	EventLoss              // HAProxy lost events before they reached us
	HardStop               // HAProxy ended a process by force
	Silent                 // nothing at all comes from a source
	Lossy                  // the kernel drops lines at a listener
	Gappy                  // lines of a log file may have been missed
)

// class is how troubles of one class come and go.
type class struct {
	key    string // begins their keys; HAProxy's names have no blanks
	source bool   // opened and closed by what we notice, not by lines
}

var classes = [...]class{
	Limit:     {key: "limit "},
	EventLoss: {key: "ring "},
	HardStop:  {key: "hard-stop "},
	Silent:    {key: "source ", source: true},
	Lossy:     {key: "listener ", source: true},
	Gappy:     {key: "file ", source: true},
}

// FromSource reports whether it is a trouble that we notice, not one that a line tells of.
func (c Class) FromSource() bool { return classes[c].source }

// ClassOf returns the class of an incident by its key: journals and checkpoints of
// earlier versions have no more.
func ClassOf(key string) Class {
	for c := Limit; int(c) < len(classes); c++ {
		if strings.HasPrefix(key, classes[c].key) {
			return c
		}
	}
	return Outage
}
