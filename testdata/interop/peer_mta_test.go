package interop_test

import (
	"bytes"
	"net/mail"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// mta is a real mail server, set up for faults: its judge says what becomes of each
// recipient, and it has ports for what goes wrong with TLS.
type mta struct {
	*process
	*postmaster
	dir, conf string
	ports     mtaPorts
	start     func() *process
	acceptID  *regexp.Regexp // in Received; these sort by the time of acceptance
	seen      map[string]bool
}

type mtaPorts struct{ Port, Expired, Implicit, Wants uint16 }

func address(port uint16) string {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port).String()
}

// newMTA makes what all have: ports, certificates, a judge.
func newMTA(t *testing.T, name string) *mta {
	t.Helper()
	dir := peerDir(t, name)
	m := &mta{postmaster: startPostmaster(t), dir: dir, conf: filepath.Join(dir, "conf"), seen: map[string]bool{}}
	m.ports = mtaPorts{freePort(t).Port(), freePort(t).Port(), freePort(t).Port(), freePort(t).Port()}
	return m
}

func (m *mta) certificates(t *testing.T) {
	t.Helper()
	hour := time.Hour
	writeCertUntil(t, m.file("cert.pem"), m.file("key.pem"), time.Now().Add(hour))
	writeCertUntil(t, m.file("expired.pem"), m.file("expired-key.pem"), time.Now().Add(-hour))
	writeCertUntil(t, m.file("client.pem"), m.file("client-key.pem"), time.Now().Add(hour))
	for _, key := range []string{"cert.pem", "key.pem", "expired.pem", "expired-key.pem", "client.pem"} {
		if err := os.Chmod(m.file(key), 0o644); err != nil { // Exim reads them as its own user
			t.Fatal(err)
		}
	}
}

func (m *mta) file(name string) string { return filepath.Join(m.conf, name) }

// restart starts the server and returns when it greets.
func (m *mta) restart(t *testing.T) {
	t.Helper()
	m.process = m.start()
	eventually(t, patience, "mail server: greets", func() bool {
		m.alive(t)
		return greets(netip.MustParseAddrPort(address(m.ports.Port)))
	})
}

// postfixMTA is Postfix with Cyrus SASL.
func postfixMTA(t *testing.T) *mta {
	saslpasswd := lookPeer(t, "saslpasswd2")
	path := lookPeer(t, "postfix")
	if os.Geteuid() != 0 {
		skipPeer(t, "postfix runs for root only")
	}
	m := newMTA(t, "postfix")
	uid, gid := postfixDirs(t, m.dir)
	m.certificates(t)
	data := map[string]any{
		"Dir": m.dir, "UID": uid, "GID": gid, "Judge": m.port,
		"Port": m.ports.Port, "Expired": m.ports.Expired, "Implicit": m.ports.Implicit, "Wants": m.ports.Wants,
	}
	for _, name := range []string{"main", "master"} {
		render(t, name+".cf", m.file(name+".cf"), data)
		render(t, name+".mta.cf", m.file("more"), data)
		appendTo(t, m.file(name+".cf"), m.file("more"))
	}
	if err := os.Mkdir(m.file("sasl"), 0o755); err != nil {
		t.Fatal(err)
	}
	render(t, "smtpd.conf", m.file("sasl/smtpd.conf"), data)
	setPassword := exec.Command(saslpasswd, "-p", "-c", "-f", m.file("sasldb2"), "-u", "mx.example.net", "alerts")
	setPassword.Stdin = strings.NewReader("hunter2")
	for _, cmd := range []*exec.Cmd{setPassword, exec.Command("chown", strconv.Itoa(uid), m.file("sasldb2")), exec.Command(path, "-c", m.conf, "check")} {
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", cmd.Args, err, said)
		}
	}
	m.acceptID = regexp.MustCompile(`by mx\.example\.net \(Postfix\) with ESMTPS?A? id ([0-9A-Za-z]+)`)
	m.start = func() *process {
		return startProcess(t, postfixMaster(t), "-d", "-e", "900", "-c", m.conf)
	}
	t.Cleanup(func() { logTail(t, filepath.Join(m.dir, "mail.log")) })
	m.restart(t)
	return m
}

func appendTo(t *testing.T, path, more string) {
	t.Helper()
	text, err := os.ReadFile(path)
	added, err2 := os.ReadFile(more)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	if err := os.WriteFile(path, slices.Concat(text, added), 0o644); err != nil {
		t.Fatal(err)
	}
}

// eximMTA is Exim as testdata/peers/install.sh unpacks it beside Postfix.
func eximMTA(t *testing.T) *mta {
	path, libraries := lookExim(t)
	owner, err := user.Lookup("Debian-exim")
	if err != nil || os.Geteuid() != 0 {
		skipPeer(t, "exim runs for root only, and wants the user Debian-exim")
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		t.Fatal(err)
	}
	m := newMTA(t, "exim")
	for name, id := range map[string]int{"conf": 0, "spool": uid, "log": uid, "mail": uid} {
		folder := filepath.Join(m.dir, name)
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(folder, id, -1); err != nil {
			t.Fatal(err)
		}
	}
	m.certificates(t)
	render(t, "exim.conf", m.file("exim.conf"), map[string]any{
		"Dir": m.dir, "Path": path, "Judge": m.port,
		"Port": m.ports.Port, "Expired": m.ports.Expired, "Implicit": m.ports.Implicit, "Wants": m.ports.Wants,
	})
	m.acceptID = regexp.MustCompile(`\(Exim [^)]*\).* id ([0-9A-Za-z]{6,}-[0-9A-Za-z]{6,}-[0-9A-Za-z]{2,4})`)
	m.start = func() *process {
		return startProcess(t, "/usr/bin/env", "LD_LIBRARY_PATH="+libraries, path, "-bdf", "-C", m.file("exim.conf"))
	}
	t.Cleanup(func() {
		for _, name := range []string{"mainslog", "paniclog", "rejectslog", "panicslog"} {
			if _, err := os.Stat(filepath.Join(m.dir, "log", name)); err == nil {
				logTail(t, filepath.Join(m.dir, "log", name))
			}
		}
	})
	m.restart(t)
	return m
}

// lookExim finds the unpacked program and its libraries.
func lookExim(t *testing.T) (path, libraries string) {
	t.Helper()
	const root = "/var/cache/haproxy-alert-peers/exim"
	found, _ := filepath.Glob(filepath.Join(root, "usr", "lib", "*-linux-*"))
	if path, err := exec.LookPath(filepath.Join(root, "usr", "sbin", "exim4")); err == nil && len(found) > 0 {
		return path, found[0]
	}
	skipPeer(t, "exim is not unpacked: testdata/peers/install.sh does it for root")
	return "", ""
}

// accepted returns the Message-IDs of the letters that came since the last call, in the
// order in which the server accepted them; a letter to many recipients counts once.
func (m *mta) accepted(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, path := range m.newMail() {
		m.seen[path] = true
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		msg, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		id := m.acceptID.FindStringSubmatch(strings.Join(msg.Header["Received"], " "))
		if id == nil {
			t.Fatalf("no id in Received: %q", msg.Header["Received"])
		}
		all = append(all, id[len(id)-1]+" "+msg.Header.Get("Message-Id"))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for i, line := range all {
		_, all[i], _ = strings.Cut(line, " ")
	}
	return all
}

// newMail lists the files of the letters that were not asked for yet.
func (m *mta) newMail() []string {
	files, _ := filepath.Glob(filepath.Join(m.dir, "mail", "inbox", "new", "*"))
	return slices.DeleteFunc(files, func(f string) bool { return m.seen[f] })
}
