package receive

import (
	"fmt"
	"net"
	"slices"
	"testing"
	"time"
)

// TestReaders: several sockets share the senders of a listener, and what one address
// sends, from whatever port, comes by one of them and in order.
func TestReaders(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "0.0.0.0", "[::]"} {
		t.Run(host, func(t *testing.T) {
			const readers, senders, ports, lines = 3, 8, 4, 20
			s := run(t, Listener{Address: "udp://" + host + ":0", Readers: readers})
			if n := len(s.sockets); n != readers {
				t.Fatalf("%d sockets, want %d", n, readers)
			}
			_, port, err := net.SplitHostPort(s.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			conns := map[string][]net.Conn{}
			for k := range senders * ports {
				from := fmt.Sprintf("127.0.0.%d", 1+k%senders)
				d := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(from)}}
				c, err := d.Dial("udp4", "127.0.0.1:"+port)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				conns[from] = append(conns[from], c)
			}
			want := map[string][]string{}
			for n := range lines {
				for from, ways := range conns {
					for k, c := range ways {
						text := fmt.Sprintf("<1>%d from port %d", n, k)
						want[from] = append(want[from], text)
						send(t, c, text)
					}
				}
			}
			got := map[string][]string{}
			for range senders * ports * lines {
				select {
				case f := <-s.frames:
					got[f.peer.String()] = append(got[f.peer.String()], f.text)
				case <-time.After(testPatience):
					t.Fatalf("frames are missing: %+v", s.Stats())
				}
			}
			for from := range conns {
				if !slices.Equal(got[from], want[from]) {
					t.Errorf("%s: lines came in another order:\n%q", from, got[from])
				}
			}
		})
	}
}

// TestSteer: which socket a datagram comes to is a matter of its sender's address.
func TestSteer(t *testing.T) {
	for _, family := range []string{"127.0.0.%d", "::1"} {
		host := net.ParseIP("127.0.0.1")
		if family == "::1" {
			host = net.IPv6loopback
		}
		r, err := Listener{Address: "udp://" + net.JoinHostPort(host.String(), "0"), Readers: 2}.Open()
		if err != nil {
			t.Skip(err)
		}
		defer r.Close()
		b, err := newBatch(maxDatagram)
		if err != nil {
			t.Fatal(err)
		}
		defer b.free()
		to := map[string]int{}
		for k := range 16 {
			from := host
			if host.To4() != nil {
				from = net.ParseIP(fmt.Sprintf(family, 1+k/4))
			}
			c, err := net.DialUDP("udp", &net.UDPAddr{IP: from}, r.Addr().(*net.UDPAddr))
			if err != nil {
				t.Fatal(err)
			}
			send(t, c, "<1>x")
			c.Close()
			awaitDatagram(t, r)
			for i, s := range r.sockets {
				if n, _ := b.receive(s.fd); n == 0 {
					continue
				}
				if before, known := to[from.String()]; known && before != i {
					t.Errorf("lines of %s come to sockets %d and %d", from, before, i)
				}
				to[from.String()] = i
			}
		}
		if host.To4() != nil && (len(to) != 4 || to["127.0.0.1"] == to["127.0.0.2"]) {
			t.Errorf("senders are not spread: %v", to)
		}
	}
}
