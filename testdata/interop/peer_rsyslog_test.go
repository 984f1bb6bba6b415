package interop_test

import (
	"net/netip"
	"path/filepath"
	"testing"

	"haproxy-alert/testdata/program"
)

// startRsyslog runs a forwarder to the TCP listener at to and returns the UDP
// address on which it takes lines. The template is one of rsyslog's own.
func startRsyslog(t *testing.T, to netip.AddrPort, template string) netip.AddrPort {
	t.Helper()
	return runRsyslog(t, to, template, nil)
}

// startRsyslogTLS is startRsyslog to a TLS listener. It knows the listener by its
// certificate's name and shows the client's own.
func startRsyslogTLS(t *testing.T, to netip.AddrPort, template string, files *tlsFiles) netip.AddrPort {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/*/rsyslog/lmnsd_ossl.so")
	if len(found) == 0 {
		skipPeer(t, "rsyslog has no OpenSSL driver: testdata/peers/install.sh installs it for root")
	}
	return runRsyslog(t, to, template, files)
}

func runRsyslog(t *testing.T, to netip.AddrPort, template string, files *tlsFiles) netip.AddrPort {
	t.Helper()
	path := lookPeer(t, "rsyslogd")
	dir := peerDir(t, "rsyslog")
	in := freePort(t)
	conf := filepath.Join(dir, "rsyslog.conf")
	render(t, "rsyslog.conf", conf, map[string]any{
		"Dir": dir, "Port": in.Port(), "ToHost": to.Addr(), "ToPort": to.Port(), "Template": template,
		"TLS": files,
	})
	p := startProcess(t, path, "-n", "-f", conf, "-i", filepath.Join(dir, "rsyslogd.pid"))
	eventually(t, patience, "rsyslogd: listens", func() bool {
		p.alive(t)
		return listensUDP(t, in)
	})
	return in
}

// listensUDP looks for the bound socket in the kernel's table.
func listensUDP(t *testing.T, addr netip.AddrPort) bool {
	t.Helper()
	s, err := program.SocketsOf(addr.Port())
	if err != nil {
		t.Fatal(err)
	}
	return s.Bound > 0
}
