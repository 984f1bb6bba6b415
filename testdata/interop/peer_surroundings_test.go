package interop_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"haproxy-alert/testdata/program"
)

// lookPeer finds a peer's program, also where only root's PATH looks, and skips
// the test when it is missing.
func lookPeer(t *testing.T, name string) string {
	t.Helper()
	path, err := program.Look(name)
	if err != nil {
		skipPeer(t, name+" is not installed: testdata/peers/install.sh does it for root")
	}
	return path
}

// skipPeer skips a test whose peer cannot run here. With PEERS=required, as in
// CI, it fails instead: nothing is left out without a word.
func skipPeer(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("PEERS") == "required" {
		t.Fatalf("PEERS=required, but %s", why)
	}
	t.Skip(why)
}

// peerDir makes a folder for a peer's files. t.TempDir would not do: its path
// is too long for a unix socket (108 bytes) and closed to the peer's own user.
func peerDir(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// render writes the template testdata/peers/name, filled in, to path.
func render(t *testing.T, name, path string, data any) {
	t.Helper()
	if err := program.Configure(os.DirFS(filepath.Join("..", "..", "testdata", "peers")), name, path, data); err != nil {
		t.Fatal(err)
	}
}

// freePort finds a loopback port that no other test takes until this one ends.
func freePort(t *testing.T) netip.AddrPort {
	t.Helper()
	addr, release, err := program.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return addr
}
