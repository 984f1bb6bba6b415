package interop_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/journal"
)

// TestKill9Sockets hands the daemon its sockets as systemd does, and kills it: what is
// sent while nobody runs is read by the next one, datagrams too.
func TestKill9Sockets(t *testing.T) {
	folder := t.TempDir()
	dir, file := filepath.Join(folder, "journal"), filepath.Join(folder, "c.toml")
	udp, datagrams := boundUDP(t)
	tcp, stream := boundTCP(t)
	text := fmt.Sprintf("journal = %q\n[[listen]]\naddress = \"udp://%s\"\n[[listen]]\naddress = \"tcp://%s\"\n", dir, udp, tcp)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	binary := buildDaemon(t)
	run := func() *daemon { return startDaemonSockets(t, binary, file, datagrams, stream) }

	d := run()
	for _, entry := range d.said("listening") {
		if entry["systemd"] != true {
			t.Errorf("daemon has bound %v itself", entry["address"])
		}
	}
	var want []string
	say := func(network, address string) {
		line := fmt.Sprintf("Server be/s%d is DOWN, reason: Layer4 timeout, check duration: 1ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.", len(want))
		want = append(want, line)
		sayLine(t, network, address, line)
	}
	arrived := func() bool { return slices.Equal(slices.Sorted(slices.Values(observed(t, dir))), want) }
	say("udp", udp)
	say("tcp", tcp)
	eventually(t, patience, "daemon: takes lines of both sockets", arrived)
	d.Kill()
	say("udp", udp)
	say("tcp", tcp)
	d = run()
	eventually(t, patience, "daemon: takes what was sent meanwhile", arrived)
	d.stop(t)
}

// TestEndToEndSocketNobodyReads: nothing starts with a socket of systemd's that no
// listener has.
func TestEndToEndSocketNobodyReads(t *testing.T) {
	udp, datagrams := boundUDP(t)
	file := filepath.Join(t.TempDir(), "c.toml")
	text := fmt.Sprintf("journal = %q\n[[listen]]\naddress = \"udp://127.0.0.1:0\"\n", filepath.Join(t.TempDir(), "journal"))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d := &daemon{spawnSockets(t, buildDaemon(t), file, datagrams)}
	select {
	case <-d.Ended:
	case <-time.After(patience):
		t.Fatal("daemon runs")
	}
	if said := d.Out.String(); d.Err == nil || !strings.Contains(said, "udp://"+udp+" of systemd (LISTEN_FD_3): no [[listen]] has that address") {
		t.Errorf("daemon: %v\n%s", d.Err, said)
	}
}

func boundUDP(t *testing.T) (string, *os.File) {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String(), socketFile(t, c)
}

func boundTCP(t *testing.T) (string, *os.File) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String(), socketFile(t, l)
}

func socketFile(t *testing.T, socket any) *os.File {
	t.Helper()
	f, err := socket.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// spawnSockets starts the daemon with sockets, as sd_listen_fds(3) says.
func spawnSockets(t *testing.T, binary, config string, sockets ...*os.File) *process {
	t.Helper()
	script := fmt.Sprintf(`LISTEN_FDS=%d LISTEN_PID=$$ exec "$0" serve -c "$1"`, len(sockets))
	return startProcessWith(t, sockets, "/bin/sh", "-c", script, binary, config)
}

func startDaemonSockets(t *testing.T, binary, config string, sockets ...*os.File) *daemon {
	t.Helper()
	d := &daemon{spawnSockets(t, binary, config, sockets...)}
	eventually(t, patience, "daemon: ready", func() bool {
		d.alive(t)
		return d.said("ready") != nil
	})
	return d
}

func sayLine(t *testing.T, network, address, text string) {
	t.Helper()
	c, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := fmt.Fprintf(c, "<129>1 %s lb1 haproxy 1 - - %s\n", time.Now().UTC().Format(time.RFC3339), text); err != nil {
		t.Fatal(err)
	}
}

// observed returns the health lines of a journal.
func observed(t *testing.T, dir string) (texts []string) {
	t.Helper()
	for fact, err := range journal.Read(dir) {
		if err != nil {
			t.Fatal(err)
		}
		if fact.Kind == alert.Observed {
			texts = append(texts, fact.Text)
		}
	}
	return texts
}
