package main

import (
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"haproxy-alert/cmd/haproxy-alert/control"
)

// status says what is in the way of a log file, with the place when it is another one.
func TestStatusFileWords(t *testing.T) {
	const path = "/srv/logs/haproxy.log"
	denied := func(path string) error {
		return fmt.Errorf("open log: %w", &fs.PathError{Op: "open", Path: path, Err: syscall.EACCES})
	}
	for name, test := range map[string]struct {
		err    error
		file   control.StatusFile
		state  string
		wanted string
	}{
		"fine":    {nil, control.StatusFile{}, "reading", "read to its end"},
		"behind":  {nil, control.StatusFile{Behind: 7}, "reading", "7 bytes behind"},
		"missing": {fs.ErrNotExist, control.StatusFile{Behind: 7}, "missing", "MISSING: waiting for it"},
		"denied":  {denied(path), control.StatusFile{}, "unreadable", "CANNOT READ: permission denied"},
		"folder":  {denied("/srv/logs"), control.StatusFile{}, "unreadable", "CANNOT READ: open log: open /srv/logs: permission denied"},
		"missed":  {nil, control.StatusFile{Missed: 2, Miss: "it is gone"}, "reading", "read to its end; LINES MAY BE MISSING, 2 times, the last: it is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			f := test.file
			f.State, f.Error = fileState(path, test.err)
			if got := fileWords(f); f.State != test.state || got != test.wanted {
				t.Errorf("%s: %q, want %s: %q", f.State, got, test.state, test.wanted)
			}
		})
	}
}
