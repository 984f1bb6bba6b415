package interop_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// postfix is a running mail server that puts every mail to example.net into one
// Maildir. It offers STARTTLS.
type postfix struct {
	*process
	addr  netip.AddrPort
	cert  string            // path of its certificate, which is its own authority
	inbox string            // the Maildir's folder of new mail
	read  map[string]letter // what has been read of it, by file name
}

// startPostfix returns when the server greets. Postfix needs root: its master
// gives each service its own user.
func startPostfix(t *testing.T) *postfix {
	t.Helper()
	path := lookPeer(t, "postfix")
	if os.Geteuid() != 0 {
		skipPeer(t, "postfix runs for root only")
	}
	dir := peerDir(t, "postfix")
	conf := filepath.Join(dir, "conf")
	m := &postfix{
		addr:  freePort(t),
		cert:  filepath.Join(conf, "cert.pem"),
		inbox: filepath.Join(dir, "mail", "inbox", "new"),
	}
	uid, gid := postfixDirs(t, dir)
	writeCert(t, m.cert, filepath.Join(conf, "key.pem"))
	render(t, "main.cf", filepath.Join(conf, "main.cf"), map[string]any{"Dir": dir, "UID": uid, "GID": gid})
	render(t, "master.cf", filepath.Join(conf, "master.cf"), map[string]any{"Port": m.addr.Port()})
	if said, err := exec.Command(path, "-c", conf, "check").CombinedOutput(); err != nil {
		t.Fatalf("postfix check: %v\n%s", err, said) // it also makes the queue's folders
	}
	// It changes its user at times, so the kernel would not end it with a test binary
	// that dies: -e bounds its life, in seconds.
	m.process = startProcess(t, postfixMaster(t), "-d", "-e", "900", "-c", conf)
	t.Cleanup(func() { logTail(t, filepath.Join(dir, "mail.log")) })
	eventually(t, patience, "postfix: greets", func() bool {
		m.alive(t)
		return greets(m.addr)
	})
	return m
}

// postfixMaster is the program behind `postfix start`, which would detach it from
// the test.
func postfixMaster(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command(lookPeer(t, "postconf"), "-d", "-h", "daemon_directory").Output()
	if err != nil {
		t.Fatalf("postconf: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(dir)), "master")
}

// postfixDirs makes the folders under dir that Postfix does not make itself,
// and gives those to its user that must be.
func postfixDirs(t *testing.T, dir string) (uid, gid int) {
	t.Helper()
	owner, err := user.Lookup("postfix")
	if err != nil {
		t.Fatal(err)
	}
	uid, uidErr := strconv.Atoi(owner.Uid)
	gid, gidErr := strconv.Atoi(owner.Gid)
	if uidErr != nil || gidErr != nil {
		t.Fatalf("ids of user postfix: %q, %q", owner.Uid, owner.Gid)
	}
	for name, uid := range map[string]int{"conf": 0, "spool": 0, "lib": uid, "mail": uid} {
		folder := filepath.Join(dir, name)
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(folder, uid, -1); err != nil {
			t.Fatal(err)
		}
	}
	return uid, gid
}

// greets reports whether an SMTP server says it is ready.
func greets(addr netip.AddrPort) bool {
	conn, err := net.DialTimeout("tcp", addr.String(), time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	greeting := make([]byte, 4)
	_, err = conn.Read(greeting)
	return err == nil && string(greeting) == "220 "
}

// writeCert makes a certificate for 127.0.0.1 that is its own authority.
func writeCert(t *testing.T, certPath, keyPath string) {
	t.Helper()
	writeCertUntil(t, certPath, keyPath, time.Now().Add(time.Hour))
}

func writeCertUntil(t *testing.T, certPath, keyPath string, end time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "mx.example.net"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:    end.Add(-2 * time.Hour), NotAfter: end,
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	signed, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, certPath, "CERTIFICATE", signed)
	writePEM(t, keyPath, "PRIVATE KEY", secret)
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// logTail shows the end of a peer's log file when the test has failed.
func logTail(t *testing.T, path string) {
	t.Helper()
	if !t.Failed() {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Logf("no log of the peer's: %v", err)
		return
	}
	t.Logf("%s:\n%s", path, text[max(0, len(text)-mostSaid):])
}
