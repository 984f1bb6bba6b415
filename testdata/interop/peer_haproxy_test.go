package interop_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A checked server answers HAProxy's health checks, or not, as the test says.
type checked struct {
	addr netip.AddrPort
	sick atomic.Bool
	srv  *http.Server // nil while it is off
}

// startChecked starts a healthy server.
func startChecked(t *testing.T) *checked {
	t.Helper()
	c := &checked{addr: freePort(t)}
	c.turnOn(t)
	t.Cleanup(func() {
		if c.srv != nil {
			c.turnOff(t)
		}
	})
	return c
}

// turnOn listens again, on the same port.
func (c *checked) turnOn(t *testing.T) {
	t.Helper()
	ln, err := net.Listen("tcp", c.addr.String())
	if err != nil {
		t.Fatalf("turn checked server on: %v", err)
	}
	c.srv = &http.Server{Handler: http.HandlerFunc(c.answer), ReadHeaderTimeout: 5 * time.Second}
	go func(srv *http.Server) { _ = srv.Serve(ln) }(c.srv) // ends with Close
}

// turnOff closes the port: HAProxy's connections are refused from now on.
func (c *checked) turnOff(t *testing.T) {
	t.Helper()
	if err := c.srv.Close(); err != nil {
		t.Errorf("turn checked server off: %v", err)
	}
	c.srv = nil
}

func (c *checked) answer(w http.ResponseWriter, _ *http.Request) {
	if c.sick.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// haproxy is a running load balancer and the servers it checks: be_app with s1
// and s2, be_single with the single s1, and the pools.
type haproxy struct {
	*process
	path, conf     string // of the program and its configuration
	admin          string // path of the stats socket
	s1, s2, single *checked
	pools          []pool
}

// A pool is a backend of Size servers s1, s2 ... that are one at Addr, and a spare
// one unless that is left out.
type pool struct {
	Name        string
	Size        int
	Addr, Spare netip.AddrPort
}

// servers counts those of the configuration.
func (h *haproxy) servers() int {
	n := 3
	for _, p := range h.pools {
		n += p.Size
		if p.Spare.IsValid() {
			n++
		}
	}
	return n
}

// A logTarget is where and how HAProxy logs.
type logTarget struct {
	addr   netip.AddrPort
	ring   bool // through a ring, octet-counted over TCP; else UDP
	format string
	tls    string // of the ring's server line
}

// startHAProxy returns when all checks have passed.
func startHAProxy(t *testing.T, target logTarget, pools ...pool) *haproxy {
	t.Helper()
	dir := peerDir(t, "haproxy")
	h := &haproxy{
		path: lookPeer(t, "haproxy"), conf: filepath.Join(dir, "haproxy.cfg"), admin: filepath.Join(dir, "admin.sock"),
		s1: startChecked(t), s2: startChecked(t), single: startChecked(t), pools: pools,
	}
	render(t, "haproxy.cfg", h.conf, map[string]any{
		"Dir": dir, "Host": "lb1", "Log": target.addr, "Ring": target.ring, "Format": target.format, "TLS": target.tls,
		"S1": h.s1.addr, "S2": h.s2.addr, "Single": h.single.addr, "Pools": pools,
	})
	h.process = startProcess(t, h.path, "-db", "-f", h.conf)
	h.awaitAllUp(t)
	return h
}

// reload lets a new process take over, as `systemctl reload` does, and returns when
// the old one has gone.
func (h *haproxy) reload(t *testing.T) {
	t.Helper()
	h.alive(t)
	old := h.process
	h.process = startProcess(t, h.path, "-db", "-f", h.conf, "-sf", strconv.Itoa(old.PID))
	eventually(t, patience, "haproxy: old process gone", func() bool {
		h.alive(t)
		select {
		case <-old.Ended:
			return true
		default:
			return false
		}
	})
}

// awaitAllUp waits until HAProxy says that every server is up and its check has
// passed.
func (h *haproxy) awaitAllUp(t *testing.T) {
	t.Helper()
	n := h.servers()
	eventually(t, patience, "haproxy: all servers up", func() bool {
		rows := h.showServers(t)
		return strings.Count(rows, ",UP,") == n && strings.Count(rows, ",L7OK,") == n
	})
}

// awaitDown waits until HAProxy says that n servers are down.
func (h *haproxy) awaitDown(t *testing.T, n int) {
	t.Helper()
	eventually(t, patience, "haproxy: servers down", func() bool {
		return strings.Count(h.showServers(t), ",DOWN,") == n
	})
}

// showServers returns a row of statistics for each server; none while HAProxy starts.
func (h *haproxy) showServers(t *testing.T) string {
	t.Helper()
	h.alive(t)
	const anyProxy, servers, anyServer = -1, 4, -1
	rows, _ := h.command(fmt.Sprintf("show stat %d %d %d", anyProxy, servers, anyServer)) // no socket yet: no rows
	return rows
}

// command runs one command on the stats socket.
func (h *haproxy) command(line string) (string, error) {
	conn, err := net.DialTimeout("unix", h.admin, time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return "", err
	}
	if _, err := fmt.Fprintln(conn, line); err != nil {
		return "", err
	}
	var reply bytes.Buffer
	if _, err := io.Copy(&reply, conn); err != nil {
		return "", fmt.Errorf("read reply to %q: %w", line, err)
	}
	return reply.String(), nil
}
