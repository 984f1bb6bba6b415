package receive

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"haproxy-alert/syslog"
)

// TestFirst: each read begins anew, and so does each peer in it; lines without
// anything in them are nobody's.
func TestFirst(t *testing.T) {
	var got []string
	r := Listener{}.receiver()
	g := r.sinkWriter(func(f syslog.Frame) { got = append(got, fmt.Sprintf("%s %s %v", f.Peer, f.Data, f.First)) })
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for _, read := range [][]netip.Addr{{a, a, b, b, a}, {a}} {
		g.give([]byte("\r\n"), read[0], false)
		for i, peer := range read {
			g.give(fmt.Appendf(nil, "%d\n", i), peer, false)
		}
		g.settle()
	}
	want := []string{
		"192.0.2.1 0 true", "192.0.2.1 1 false", "192.0.2.2 2 true", "192.0.2.2 3 false", "192.0.2.1 4 true",
		"192.0.2.1 0 true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if st := r.Stats(); st.Frames != 6 || st.Bytes != 6 || st.Cut != 0 {
		t.Errorf("counted %+v", st)
	}
}
