package receive

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestClientCA: who has no certificate of the authority is not listened to, and that is
// counted and told.
func TestClientCA(t *testing.T) {
	ours, others := newAuthority(t), newAuthority(t)
	files := ours.server(t)
	files.ClientCA = ours.file
	log, said := record()
	s := run(t, Listener{Address: "tls://127.0.0.1:0", TLS: files, Log: log})
	for _, from := range []struct {
		line   string
		config *tls.Config
	}{
		{"<1>stranger", ours.client(t, nil)},
		{"<1>forger", ours.client(t, others)},
		{"<1>friend", ours.client(t, ours)},
	} {
		c := secure(t, s, from.config)
		_, _ = c.Write([]byte(from.line + "\n")) // with TLS 1.3 a client is done first
	}
	if got := s.want("<1>friend"); got[0].peer.String() != "127.0.0.1" {
		t.Errorf("the peer is %v", got[0].peer)
	}
	s.wait("counted", func(st Stats) bool { return st.Handshakes == 2 && st.Frames == 1 })
	s.stop() // what is counted is told a moment later
	if n := strings.Count(said.String(), "tls handshake failed"); n != 1 || !strings.Contains(said.String(), "peer=127.0.0.1") {
		t.Errorf("failed handshakes are told %d times:\n%s", n, said)
	}
}

func secure(t *testing.T, s *running, config *tls.Config) *tls.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return tls.Client(c, config)
}

// TestOldTLS: what is older than TLS 1.2 is turned away.
func TestOldTLS(t *testing.T) {
	a := newAuthority(t)
	s := run(t, Listener{Address: "tls://127.0.0.1:0", TLS: a.server(t)})
	old := a.client(t, nil)
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	if err := secure(t, s, old).Handshake(); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	if err := secure(t, s, a.client(t, nil)).Handshake(); err != nil {
		t.Error(err)
	}
}

// TestWrongWay: plain lines to a TLS listener, and TLS to a plain one, are told for what
// they are, and nobody is left waiting.
func TestWrongWay(t *testing.T) {
	a := newAuthority(t)
	for want, l := range map[string]Listener{
		"first record does not look like a TLS handshake":    {Address: "tls://127.0.0.1:0", TLS: a.server(t)},
		"the peer speaks TLS, which this listener does not:": {Address: "tcp://127.0.0.1:0"},
	} {
		log, said := record()
		l.Log = log
		s := run(t, l)
		plain, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer plain.Close()
		send(t, plain, "<1>a\n")
		err = secure(t, s, a.client(t, nil)).Handshake()
		if (err == nil) != (l.kind() == "tls") {
			t.Errorf("%s: the handshake ends with %v", l.kind(), err)
		}
		s.wait("counted", func(st Stats) bool { return st.Handshakes == 1 })
		s.stop()
		if !strings.Contains(said.String(), want) {
			t.Errorf("said:\n%s", said)
		}
		if got := len(s.frames); got != map[string]int{"tls": 0, "tcp": 1}[l.kind()] {
			t.Errorf("%s: %d frames came", l.kind(), got)
		}
	}
}

// TestMutePeer: who connects and says nothing holds up nobody and counts among the
// connections.
func TestMutePeer(t *testing.T) {
	a := newAuthority(t)
	files := a.server(t)
	files.HandshakeTimeout = testPatience
	s := run(t, Listener{Address: "tls://127.0.0.1:0", TLS: files, MaxConnections: 2})
	mute, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	s.wait("connected", func(st Stats) bool { return st.Accepted == 1 })
	send(t, secure(t, s, a.client(t, nil)), "<1>a\n")
	s.want("<1>a")
	if st := s.Stats(); st.Connections != 2 {
		t.Errorf("counted %+v, want the mute peer among the connections", st)
	}
	if err := secure(t, s, a.client(t, nil)).Handshake(); err == nil {
		t.Error("there is room for a third connection")
	}
	mute.Close()
	s.wait("counted", func(st Stats) bool { return st.Handshakes == 1 && st.Connections == 1 && st.TooMany == 1 })
}

// TestMutePeerIsClosed: who has not shaken hands in time is closed, and that is told.
func TestMutePeerIsClosed(t *testing.T) {
	files := newAuthority(t).server(t)
	files.HandshakeTimeout = 20 * time.Millisecond
	log, said := record()
	s := run(t, Listener{Address: "tls://127.0.0.1:0", TLS: files, Log: log})
	mute, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	if n, err := mute.Read(make([]byte, 1)); err == nil {
		t.Errorf("the mute peer got %d bytes, want its end", n)
	}
	s.wait("counted", func(st Stats) bool { return st.Handshakes == 1 && st.Connections == 0 })
	s.stop()
	if !strings.Contains(said.String(), "no handshake within 20ms") {
		t.Errorf("said:\n%s", said)
	}
}

// TestHandshakeInBacklog: a connection the kernel took before the end is still shaken
// hands with, and what it says is taken.
func TestHandshakeInBacklog(t *testing.T) {
	a := newAuthority(t)
	r, err := Listener{Address: "tls://127.0.0.1:0", TLS: a.server(t)}.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := &running{Receiver: r, t: t, frames: make(chan taken, 10), done: make(chan error, 1)}
	c := secure(t, s, a.client(t, nil))
	wrote := make(chan error)
	go func() {
		_, err := c.Write([]byte("<1>a\n"))
		wrote <- err
	}()
	s.runEnded()
	if err := <-wrote; err != nil {
		t.Error(err)
	}
	s.want("<1>a")
}

// TestStrangersAreToldSparingly: one a minute, with how many there were.
func TestStrangersAreToldSparingly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, said := record()
		r := Listener{Log: log}.receiver()
		c, other := net.Pipe()
		defer c.Close()
		defer other.Close()
		r.listener = &poor{}
		for range 121 { // 0s, 1s ... 120s
			r.handshakeFailed(c, os.ErrInvalid)
			time.Sleep(time.Second)
		}
		var totals []string
		for line := range strings.Lines(said.String()) {
			_, total, _ := strings.Cut(strings.TrimSpace(line), "total=")
			totals = append(totals, total)
		}
		if want := []string{"1", "61", "121"}; !slices.Equal(totals, want) {
			t.Errorf("told at %v, want %v", totals, want)
		}
	})
}

// TestKeyring: changed files count from the next handshake on, once they are right.
func TestKeyring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority(t)
		files := a.server(t)
		log, said := record()
		k, err := newCertReloader(files, log)
		if err != nil {
			t.Fatal(err)
		}
		counting := func() string {
			config, err := k.current(nil)
			if err != nil {
				t.Fatal(err)
			}
			return string(config.Certificates[0].Leaf.Raw)
		}
		first := counting()
		next := a.server(t)
		move(t, next.CertFile, files.CertFile)
		if counting() != first {
			t.Error("the files were looked at twice in a second")
		}
		for range 3 {
			time.Sleep(lookEvery)
			if counting() != first {
				t.Error("a certificate without its key counts")
			}
		}
		if n := strings.Count(said.String(), "old ones go on to count"); n != 1 || !strings.Contains(said.String(), "does not match") {
			t.Errorf("the fault is told %d times:\n%s", n, said)
		}
		move(t, next.KeyFile, files.KeyFile)
		time.Sleep(lookEvery)
		if counting() == first {
			t.Error("the new certificate does not count")
		}
		a.issue(t, files.CertFile, files.KeyFile, time.Now().Add(-time.Hour))
		time.Sleep(lookEvery)
		counting()
		if !strings.Contains(said.String(), "has expired on") {
			t.Errorf("an expired certificate is not told:\n%s", said)
		}
	})
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// TestTLSFaults: each fault names its key, its file and what is wrong.
func TestTLSFaults(t *testing.T) {
	a := newAuthority(t)
	good, other := a.server(t), a.server(t)
	folder := t.TempDir()
	text, both := filepath.Join(folder, "text"), filepath.Join(folder, "both.pem")
	if err := os.WriteFile(text, []byte("-----BEGIN\nnot PEM\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.issue(t, both, both, time.Now().Add(time.Hour))
	for name, c := range map[string]struct {
		files TLS
		want  []string
	}{
		"good":                {TLS{CertFile: good.CertFile, KeyFile: good.KeyFile, ClientCA: a.file}, nil},
		"both in one file":    {TLS{CertFile: both}, nil},
		"nothing":             {TLS{}, []string{"cert_file: a tls:// listener wants a certificate"}},
		"no such certificate": {TLS{CertFile: "/nowhere.pem", KeyFile: good.KeyFile}, []string{"cert_file: open /nowhere.pem: no such file or directory"}},
		"nothing is there": {
			TLS{CertFile: "/nowhere.pem", KeyFile: "/nowhere.key", ClientCA: "/nowhere.ca"},
			[]string{"cert_file: open /nowhere.pem", "key_file: open /nowhere.key", "client_ca: open /nowhere.ca"},
		},
		"no certificate in it": {TLS{CertFile: text, KeyFile: good.KeyFile}, []string{"cert_file: read " + text + ": no PEM certificate in it"}},
		"only a key in it":     {TLS{CertFile: good.KeyFile, KeyFile: good.KeyFile}, []string{"cert_file: read " + good.KeyFile + ": no PEM certificate in it"}},
		"no key in it":         {TLS{CertFile: good.CertFile}, []string{"key_file: want one, for the key in " + good.CertFile + " will not do"}},
		"no key":               {TLS{CertFile: good.CertFile, KeyFile: text}, []string{"key_file: " + text + " is not the key of " + good.CertFile}},
		"another's key":        {TLS{CertFile: good.CertFile, KeyFile: other.KeyFile}, []string{"private key does not match public key"}},
		"no authority": {
			TLS{CertFile: good.CertFile, KeyFile: good.KeyFile, ClientCA: good.KeyFile},
			[]string{"client_ca: read " + good.KeyFile + ": no PEM certificate in it"},
		},
	} {
		faults := c.files.Check()
		if len(faults) != len(c.want) {
			t.Errorf("%s: faults %v, want %q", name, faults, c.want)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(faults[i].Error(), want) {
				t.Errorf("%s: %q, want %q in it", name, faults[i], want)
			}
			if e, ok := errors.AsType[*KeyError](faults[i]); !ok || !strings.HasPrefix(faults[i].Error(), e.Key+": ") {
				t.Errorf("%s: %v names no key", name, faults[i])
			}
		}
		if w := c.files.Warnings(time.Now()); len(w) > 0 {
			t.Errorf("%s: %v", name, w)
		}
	}
	for at, want := range map[time.Time]string{
		time.Now().Add(2 * time.Hour):   "has expired on",
		time.Now().Add(-72 * time.Hour): "is not valid before",
	} {
		if w := good.Warnings(at); len(w) != 1 || !strings.Contains(w[0].Error(), want) {
			t.Errorf("at %v: %v, want %q", at, w, want)
		}
	}
}
