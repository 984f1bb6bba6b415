package peer

import (
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"
)

// A Farm is the servers that HAProxy checks; the first one fails while it is sick.
type Farm struct {
	Sick            atomic.Bool
	Checked, Steady netip.AddrPort

	servers []*http.Server
}

// OpenFarm starts them on loopback. Close ends them.
func OpenFarm() (*Farm, error) {
	f := &Farm{}
	for _, s := range []struct {
		addr   *netip.AddrPort
		answer http.HandlerFunc
	}{
		{&f.Checked, func(w http.ResponseWriter, _ *http.Request) {
			if f.Sick.Load() {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}},
		{&f.Steady, func(http.ResponseWriter, *http.Request) {}},
	} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			f.Close()
			return nil, err
		}
		*s.addr = ln.Addr().(*net.TCPAddr).AddrPort()
		server := &http.Server{Handler: s.answer, ReadHeaderTimeout: 10 * time.Second}
		f.servers = append(f.servers, server)
		go func() { _ = server.Serve(ln) }() // ends with Close
	}
	return f, nil
}

// Close ends the servers.
func (f *Farm) Close() {
	for _, s := range f.servers {
		_ = s.Close()
	}
}
