package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a key of a listener says holds, or is refused: there is no scheme for which it is
// read and does nothing.
func TestKeysOfListeners(t *testing.T) {
	addresses := map[string]string{
		"udp": "udp://127.0.0.1:5514", "tcp": "tcp://127.0.0.1:5514", "tls": "tls://127.0.0.1:6514",
		"unix": "unix:///run/x.sock", "unixgram": "unixgram:///run/x.sock",
	}
	for key, row := range map[string]struct {
		value string
		where string // schemes for which it holds
	}{
		"allow":             {`["10.0.0.0/8"]`, "udp tcp tls"},
		"max_frame":         {`"16KiB"`, "udp tcp tls unix unixgram"},
		"max_connections":   {"10", "tcp tls unix"},
		"idle_timeout":      {`"1h"`, "tcp tls unix"},
		"read_buffer":       {`"1MiB"`, "udp unixgram"},
		"readers":           {"2", "udp"},
		"mode":              {`"0600"`, "unix unixgram"},
		"owner":             {`"root"`, "unix unixgram"},
		"cert_file":         {`"/none.pem"`, "tls"},
		"key_file":          {`"/none.key"`, "tls"},
		"client_ca":         {`"/none.ca"`, "tls"},
		"handshake_timeout": {`"5s"`, "tls"},
	} {
		for scheme, address := range addresses {
			said := listenFaults(t, address, key+" = "+row.value)
			refused := slices.ContainsFunc(said, func(f Fault) bool {
				return f.Key == "listen[0]."+key && f.Line == 3 && !strings.Contains(f.Cause, "/none.") // that file is not there
			})
			if want := !slices.Contains(strings.Fields(row.where), scheme); refused != want {
				t.Errorf("%s of %s: refused is %v, want %v\n%s", key, scheme, refused, want, said)
			}
		}
	}
}

// A nothing that is written down is not taken for "as usual".
func TestNothingOfListeners(t *testing.T) {
	for line, address := range map[string]string{
		`max_frame = "0"`: "udp://:5514", `max_frame = "1023"`: "tcp://:5514", "max_connections = 0": "tcp://:5514",
		"max_connections = -1": "unix:///run/x.sock", `idle_timeout = "0s"`: "tcp://:5514", `read_buffer = "0"`: "udp://:5514",
		"readers = 0": "udp://:5514", `mode = "0000"`: "unix:///run/x.sock",
	} {
		key, _, _ := strings.Cut(line, " ")
		said := listenFaults(t, address, line)
		if len(said) != 1 || said[0].Key != "listen[0]."+key || said[0].Line != 3 || !strings.HasPrefix(said[0].Cause, "want ") {
			t.Errorf("%s of %s: %v", line, address, said)
		}
	}
}

func listenFaults(t *testing.T, address, line string) Faults {
	t.Helper()
	name := filepath.Join(t.TempDir(), "c.toml")
	text := fmt.Sprintf("[[listen]]\naddress = %q\n%s\n", address, line)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := LoadConfig(name)
	faults, _ := errors.AsType[Faults](err)
	return faults
}

// What check takes, serve can start with: a frame is bounded by its kind of socket.
func TestMaxFrameIsBounded(t *testing.T) {
	for text, want := range map[string]string{
		"udp://127.0.0.1:0\"\nmax_frame = \"65KiB": "want 64KiB or less",
		"tcp://127.0.0.1:0\"\nmax_frame = \"1GiB":  "want 16MiB or less",
		"udp://127.0.0.1:0\"\nmax_frame = \"64KiB": "",
		"tcp://127.0.0.1:0\"\nmax_frame = \"16MiB": "",
	} {
		name := filepath.Join(t.TempDir(), "c.toml")
		if err := os.WriteFile(name, []byte("[[listen]]\naddress = \""+text+"\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := LoadConfig(name)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
