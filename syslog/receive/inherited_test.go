package receive

import (
	"os"
	"strings"
	"testing"
)

func TestFits(t *testing.T) {
	for _, c := range []struct {
		asked, bound string
		want         bool
	}{
		{"udp://127.0.0.1:514", "udp://127.0.0.1:514", true},
		{"udp://127.0.0.1:514", "udp://127.0.0.1:515", false},
		{"udp://127.0.0.1:514", "tcp://127.0.0.1:514", false},
		{"tls://127.0.0.1:6514", "tcp://127.0.0.1:6514", true},
		{"udp://:514", "udp://[::]:514", true},
		{"udp://:514", "udp://0.0.0.0:514", true},
		{"udp://:514", "udp://127.0.0.1:514", false},
		{"udp://0.0.0.0:514", "udp://[::]:514", false},
		{"udp://[0:0::1]:514", "udp://[::1]:514", true},
		{"tcp://localhost:514", "tcp://127.0.0.1:514", true},
		{"tcp://localhost:514", "tcp://192.0.2.1:514", false},
		{"unix:///run/x.sock", "unix:///run/x.sock", true},
		{"unix:///run/x.sock", "unixgram:///run/x.sock", false},
		{"unixgram:///run/x.sock", "unixgram:///run/y.sock", false},
	} {
		asked, err := ParseAddress(c.asked)
		if err != nil {
			t.Fatal(err)
		}
		network, target, _ := strings.Cut(c.bound, "://")
		if got := asked.Fits(Address{network, target}); got != c.want {
			t.Errorf("%s fits %s: %v, want %v", c.asked, c.bound, got, c.want)
		}
	}
}

// TestBound looks at sockets as systemd hands them over.
func TestBound(t *testing.T) {
	folder := t.TempDir()
	for _, network := range []string{"tcp", "udp", "unix", "unixgram"} {
		address := "127.0.0.1:0"
		if strings.HasPrefix(network, "unix") {
			address = folder + "/" + network
		}
		f := bound(t, network, address)
		defer f.Close()
		at, err := Inherited(f)
		if err != nil || at.Network != network || strings.HasPrefix(network, "unix") && at.Target != address {
			t.Errorf("%s %s: bound at %s, %v", network, address, at, err)
		}
		asked, err := ParseAddress(at.String())
		if err != nil || !asked.Fits(at) {
			t.Errorf("%s does not fit itself: %v", at, err)
		}
	}
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := Inherited(file); err == nil || !strings.Contains(err.Error(), "look at socket "+os.DevNull) {
		t.Errorf("a file is a socket: %v", err)
	}
}
