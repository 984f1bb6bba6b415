package interop_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestEndToEndTLS lets HAProxy's ring and rsyslog speak TLS to the daemon, with a client
// certificate and without.
func TestEndToEndTLS(t *testing.T) {
	binary := buildDaemon(t)
	for _, way := range []struct {
		name   string
		wanted bool // a client certificate is
		target func(*testing.T, *daemon, *tlsFiles) logTarget
	}{
		{"ring", false, func(t *testing.T, d *daemon, f *tlsFiles) logTarget {
			return logTarget{addr: d.listener(t, "tls"), ring: true, format: "rfc5424", tls: "ssl verify required ca-file " + f.Cert}
		}},
		{"ring-with-certificate", true, func(t *testing.T, d *daemon, f *tlsFiles) logTarget {
			return logTarget{
				addr: d.listener(t, "tls"), ring: true, format: "rfc3164",
				tls: "ssl verify required ca-file " + f.Cert + " crt " + f.clientBoth(t),
			}
		}},
		{"rsyslog-with-certificate", true, func(t *testing.T, d *daemon, f *tlsFiles) logTarget {
			in := startRsyslogTLS(t, d.listener(t, "tls"), "RSYSLOG_SyslogProtocol23Format", f)
			return logTarget{addr: in, format: "rfc3164"}
		}},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			files := newTLSFiles(t)
			d := startDaemon(t, binary, files.config(t, way.wanted))
			lb := startHAProxy(t, way.target(t, d, files))
			lb.single.turnOff(t)
			eventually(t, patience, "daemon: tells the outage", func() bool {
				d.alive(t)
				return strings.Contains(d.Out.String(), "be_single has no server available!")
			})
			d.stop(t)
			if lines, events := d.counted(t); events < 2 || lines < events {
				t.Errorf("daemon read %d lines, %d events", lines, events)
			}
			if said := d.said("tls handshake failed, the connection is closed"); said != nil {
				t.Errorf("daemon says %v", said)
			}
		})
	}
}

// TestEndToEndTLSStranger: a ring without the certificate that is wanted is not listened
// to, and the daemon says why.
func TestEndToEndTLSStranger(t *testing.T) {
	files := newTLSFiles(t)
	d := startDaemon(t, buildDaemon(t), files.config(t, true))
	startHAProxy(t, logTarget{
		addr: d.listener(t, "tls"), ring: true, format: "rfc5424", tls: "ssl verify required ca-file " + files.Cert,
	})
	eventually(t, patience, "daemon: tells of the stranger", func() bool {
		said := d.said("tls handshake failed, the connection is closed")
		return len(said) == 1 && strings.Contains(said[0]["err"].(string), "didn't provide a certificate")
	})
	d.stop(t)
	if lines, _ := d.counted(t); lines != 0 {
		t.Errorf("daemon took %d lines of a stranger", lines)
	}
}

// tlsFiles are a listener's certificate and a client's. Each is its own authority.
type tlsFiles struct{ Cert, Key, Client, ClientKey string }

func newTLSFiles(t *testing.T) *tlsFiles {
	t.Helper()
	dir := peerDir(t, "tls")
	file := func(name string) string { return filepath.Join(dir, name) }
	f := &tlsFiles{file("cert.pem"), file("key.pem"), file("client.pem"), file("client-key.pem")}
	writeCert(t, f.Cert, f.Key)
	writeCert(t, f.Client, f.ClientKey)
	return f
}

// config returns the path of a daemon's configuration.
func (f *tlsFiles) config(t *testing.T, wanted bool) string {
	t.Helper()
	c := daemonConfig{Journal: filepath.Join(t.TempDir(), "journal"), GroupWait: groupWait, Cert: f.Cert, Key: f.Key}
	if wanted {
		c.ClientCA = f.Client
	}
	return c.write(t)
}

// clientBoth is the client's certificate with its key, as HAProxy wants them.
func (f *tlsFiles) clientBoth(t *testing.T) string {
	t.Helper()
	cert, err := os.ReadFile(f.Client)
	key, err2 := os.ReadFile(f.ClientKey)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	both := f.Client + ".both"
	if err := os.WriteFile(both, slices.Concat(cert, key), 0o600); err != nil {
		t.Fatal(err)
	}
	return both
}
