package main_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
)

// lookPeer finds a peer's program, also where only root's PATH looks, and skips
// the test when it is missing.
func lookPeer(t *testing.T, name string) string {
	t.Helper()
	for dir := range strings.SplitSeq(os.Getenv("PATH")+":/usr/local/sbin:/usr/sbin:/sbin", ":") {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	skipPeer(t, name+" is not installed: testdata/peers/install.sh does it for root")
	return ""
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
	page, err := template.ParseFiles(filepath.Join("..", "..", "testdata", "peers", name))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := page.Option("missingkey=error").Execute(&b, data); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// freePort finds a loopback port that is free for TCP and UDP and stays so until the test
// ends: it lies below the range from which the kernel gives ports to clients, and no other
// test takes it, of this run or of another.
func freePort(t *testing.T) netip.AddrPort {
	t.Helper()
	const lowest, highest = 10240, 32767
	for range 1000 {
		port := lowest + rand.N(highest-lowest+1)
		addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
		if reserve(t, port) && isFree(addr) {
			return addr
		}
	}
	t.Fatal("find a free port: none in 1000 tries")
	return netip.AddrPort{}
}

// reserve takes the name that stands for the port, an abstract one (unix(7)): it goes with
// the process that has it.
func reserve(t *testing.T, port int) bool {
	t.Helper()
	l, err := net.Listen("unix", fmt.Sprintf("@haproxy-alert/test-port/%d", port))
	if err != nil {
		return false
	}
	t.Cleanup(func() { l.Close() })
	return true
}

func isFree(addr netip.AddrPort) bool {
	tcp, err := net.Listen("tcp", addr.String())
	if err != nil {
		return false
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", addr.String())
	if err != nil {
		return false
	}
	return udp.Close() == nil
}
