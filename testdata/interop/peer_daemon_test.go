package interop_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// buildDaemon returns the path of the program.
func buildDaemon(t *testing.T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// built builds the program once for all tests, with the race detector when they have it,
// beside the test binary, which `go test` removes in the end. The profile for a faster
// one would have all packages compiled anew.
var built = sync.OnceValues(func() (string, error) {
	tests, err := os.Executable()
	if err != nil {
		return "", err
	}
	path := filepath.Join(filepath.Dir(tests), "haproxy-alert")
	args := []string{"build", "-buildvcs=false", "-pgo=off", "-o", path}
	if raceDetected() {
		args = append(args, "-race")
	}
	if said, err := exec.Command("go", append(args, "haproxy-alert/cmd/haproxy-alert")...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, said)
	}
	return path, nil
})

// raceDetected reports whether this test was built with -race.
func raceDetected() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// daemonConfig fills in testdata/peers/haproxy-alert.toml.
type daemonConfig struct {
	Journal   string // folder
	GroupWait time.Duration
	Relay     netip.AddrPort // none: notices are printed
	CA        string         // PEM file; empty means no TLS
	TCPPort   uint16         // 0: the kernel's choice
	// Cert, Key and ClientCA are PEM files of a TLS listener; without Cert there is none.
	Cert, Key, ClientCA string
	Timeout             time.Duration // of a step of a dialogue; 0: the default
	// Digest and FlapChanges are off when zero: then each outage and each end makes
	// a mail of its own, which most tests count.
	Digest, FlapChanges int
}

// write returns the path of the configuration file.
func (c daemonConfig) write(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "haproxy-alert.toml")
	render(t, "haproxy-alert.toml", file, c)
	return file
}

// daemon is a running haproxy-alert.
type daemon struct{ *process }

// spawnDaemon starts `haproxy-alert serve` and does not wait for it.
func spawnDaemon(t *testing.T, binary, config string) *daemon {
	t.Helper()
	d := &daemon{startProcess(t, binary, "serve", "-c", config)}
	t.Cleanup(func() {
		if strings.Contains(d.Out.String(), "WARNING: DATA RACE") {
			t.Errorf("daemon: %s", d.tail())
		}
	})
	return d
}

// startDaemon returns when the daemon says that it is ready.
func startDaemon(t *testing.T, binary, config string) *daemon {
	t.Helper()
	d := spawnDaemon(t, binary, config)
	eventually(t, patience, "daemon: ready", func() bool {
		d.alive(t)
		return d.said("ready") != nil
	})
	return d
}

// stop asks the daemon to end, as systemd does, and checks that it does so well.
func (d *daemon) stop(t *testing.T) {
	t.Helper()
	d.end(t)
	if d.Err != nil {
		t.Errorf("daemon after SIGTERM: %v, want exit code 0", d.Err)
	}
}

// counted returns how many lines the daemon says it read, now that it has stopped, and
// how many of them were about health.
func (d *daemon) counted(t *testing.T) (lines, events int) {
	t.Helper()
	last := d.said("stopped")
	if len(last) != 1 {
		t.Fatalf("daemon says %d times what it counted:\n%s", len(last), d.tail())
	}
	l, _ := last[0]["lines"].(float64)
	e, _ := last[0]["events"].(float64)
	return int(l), int(e)
}

// said returns the daemon's log entries with the message.
func (d *daemon) said(message string) []map[string]any {
	var found []map[string]any
	for line := range strings.SplitSeq(d.Out.String(), "\n") {
		var entry map[string]any
		if json.Unmarshal([]byte(line), &entry) == nil && entry["msg"] == message {
			found = append(found, entry)
		}
	}
	return found
}

// listener returns the address of the listener for a scheme, "udp", "tcp" or "tls".
func (d *daemon) listener(t *testing.T, scheme string) netip.AddrPort {
	t.Helper()
	for _, entry := range d.said("listening") {
		address, _ := entry["address"].(string)
		if host, ok := strings.CutPrefix(address, scheme+"://"); ok {
			return netip.MustParseAddrPort(host)
		}
	}
	t.Fatalf("daemon listens on no %s:\n%s", scheme, d.tail())
	return netip.AddrPort{}
}
