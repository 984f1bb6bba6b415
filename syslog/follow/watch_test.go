package follow

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Events of the file system ring, in the log's folder and for its files alone.
func TestBellRings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "haproxy.log")
	b := newWatch(path, slog.New(slog.DiscardHandler))
	defer b.close()
	if b.watcher == nil {
		t.Skip("the system gives no events")
	}
	if err := os.WriteFile(path, []byte("line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.pause(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{path + ".1": true, "haproxy-20261121.log": true, "syslog": false} {
		if got := b.concerns(filepath.Join(filepath.Dir(path), filepath.Base(name))); got != want {
			t.Errorf("%s concerns: %v", name, got)
		}
	}
}
