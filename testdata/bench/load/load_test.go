package load

import (
	"bytes"
	"net"
	"net/netip"
	"net/smtp"
	"slices"
	"strings"
	"testing"
	"time"
)

func mixed(t *testing.T) Lines {
	t.Helper()
	lines, err := Mixed(1<<20, 50)
	if err != nil {
		t.Fatal(err)
	}
	if len(lines.All) < 1000 || len(lines.Health) < 20 {
		t.Fatalf("%d lines, %d of them about health", len(lines.All), len(lines.Health))
	}
	for k, at := range lines.Health {
		if !bytes.HasSuffix(lines.All[at], []byte("]: "+lines.Texts[k])) {
			t.Errorf("line %d is %q, want %q", at, lines.All[at], lines.Texts[k])
		}
	}
	return lines
}

func TestSentCountsRounds(t *testing.T) {
	l := Lines{All: [][]byte{{'a'}, {'b'}, {'c'}}, Health: []int{1}, Texts: []string{"b"}}
	for n, want := range map[int]int{0: 0, 1: 0, 2: 1, 3: 1, 4: 1, 5: 2, 9: 3} {
		if got := len(l.Sent(n)); got != want {
			t.Errorf("%d lines hold %d health lines, want %d", n, got, want)
		}
	}
}

func TestLost(t *testing.T) {
	sent := []string{"a", "b", "a", "c"}
	for _, tt := range []struct {
		kept []string
		want int
	}{
		{sent, 0},
		{[]string{"c", "a", "b", "a"}, 0},
		{[]string{"a", "b", "c", "invented"}, 1},
		{[]string{"a", "a", "a", "a"}, 2},
		{nil, 4},
	} {
		if got := Lost(sent, tt.kept); got != tt.want {
			t.Errorf("kept %v: %d lost, want %d", tt.kept, got, tt.want)
		}
	}
}

// TestSend sends to a real socket: every line comes, byte for byte, at the rate.
func TestSend(t *testing.T) {
	lines := mixed(t)
	for _, rate := range []int{0, 10_000} {
		conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
		if err != nil {
			t.Fatal(err)
		}
		const n = 150 // two batches and a part, and less than any buffer holds
		took, err := Sender{Lines: lines, To: conn.LocalAddr().(*net.UDPAddr).AddrPort(), Rate: rate}.Send(n)
		if err != nil {
			t.Fatal(err)
		}
		if least := (n - 64) * time.Second / 10_000; rate > 0 && took < least {
			t.Errorf("%d datagrams at %d/s took %v, want at least %v", n, rate, took, least)
		}
		got := make([]byte, 64<<10)
		for i := range n {
			if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			k, err := conn.Read(got)
			if err != nil || !bytes.Equal(got[:k], lines.All[i%len(lines.All)]) {
				t.Fatalf("datagram %d is %q, %v, want %q", i, got[:k], err, lines.All[i])
			}
		}
		_ = conn.Close()
	}
}

func TestStream(t *testing.T) {
	l := Lines{All: [][]byte{[]byte("<1>one"), []byte("<2>two\n")}}
	const want = "6 <1>one7 <2>two\n6 <1>one39 <129>Nov 21 06:00:00 haproxy[4242]: end"
	if got := string(l.Stream(3, "end")); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSink(t *testing.T) {
	sink, err := OpenSink()
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	began := time.Now()
	subjects := []string{"one", "two"}
	for _, s := range subjects {
		mail := "From: a@example.net\r\nSubject: " + s + "\r\n\r\nSubject: not this\r\n"
		if err := smtp.SendMail(sink.Addr.String(), nil, "a@example.net", []string{"b@example.net"}, []byte(mail)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for range subjects {
		m := <-sink.Mails
		if m.Data.Before(began) || time.Since(m.Data) > time.Minute {
			t.Errorf("DATA of %q came at %v", m.Subject, m.Data)
		}
		got = append(got, strings.TrimSpace(m.Subject))
	}
	if !slices.Equal(got, subjects) {
		t.Errorf("%v, want %v", got, subjects)
	}
}
