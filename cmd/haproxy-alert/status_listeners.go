package main

import (
	"fmt"
	"strings"
)

// statusListener tells what came in at a socket, and what did not, since the start.
type statusListener struct {
	Address string `json:"address"`
	Lines   uint64 `json:"lines"`
	// Connections are open now; datagram sockets have none.
	Connections uint64 `json:"connections"`
	// Dropped lines found no room in the kernel's buffer, Refused came from who is not
	// allowed, Cut were longer than max_frame, Bad frames could not be read.
	Dropped uint64 `json:"dropped"`
	Refused uint64 `json:"refused"`
	Cut     uint64 `json:"cut"`
	Bad     uint64 `json:"bad"`
	// TooMany connections were turned away at max_connections, Handshakes of TLS failed.
	TooMany    uint64 `json:"too_many"`
	Handshakes uint64 `json:"handshakes_failed"`
}

// listenersStatus tells of each socket.
func listenersStatus(f *feed) []statusListener {
	var all []statusListener
	for _, r := range f.receivers {
		st := r.Stats()
		all = append(all, statusListener{
			Address: r.String(), Lines: st.Frames, Connections: st.Connections, Dropped: st.Dropped,
			Refused: st.Refused, Cut: st.Cut, Bad: st.Bad, TooMany: st.TooMany, Handshakes: st.Handshakes,
		})
	}
	return all
}

func (t *statusTable) listeners(list []statusListener) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(t)
	t.row("LISTENER", "LINES", "CONNECTIONS", "STATE")
	for _, l := range list {
		t.row(l.Address, fmt.Sprint(l.Lines), fmt.Sprint(l.Connections), lostOf(l))
	}
}

// lostOf says in words what did not come in.
func lostOf(l statusListener) string {
	var lost []string
	add := func(n uint64, of string) {
		if n > 0 {
			lost = append(lost, fmt.Sprintf("%d %s", n, of))
		}
	}
	add(l.Dropped, "DROPPED by the kernel")
	add(l.Refused, "refused by allow")
	add(l.TooMany, "connections too many")
	add(l.Handshakes, "handshakes failed")
	add(l.Cut, "cut at max_frame")
	add(l.Bad, "not readable")
	if len(lost) == 0 {
		return "all taken"
	}
	return strings.Join(lost, ", ")
}
