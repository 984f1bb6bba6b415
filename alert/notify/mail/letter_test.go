package mail

import (
	"bytes"
	"flag"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify/internal/notifytest"
)

var update = flag.Bool("update", false, "rewrite the golden letters in testdata/mail")

// follow returns a later notice of problem's incident.
func follow(kind alert.NoticeKind, severity alert.Severity, id, subject, body string) alert.Notice {
	n := notifytest.Problem()
	n.ID, n.Kind, n.Severity, n.Subject, n.Body = id, kind, severity, subject, body
	n.Time = n.Time.Add(194 * time.Second)
	return n
}

// specimens are the golden letters: dispatches and the mailers that write them.
func specimens() map[string]struct {
	mailer *Mailer
	d      alert.Dispatch
} {
	one := mailer(&notifytest.Script{})
	one.To = []mail.Address{{Name: "Doe, Jane", Address: "jane@example.com"}}
	many := mailer(&notifytest.Script{})
	many.From = mail.Address{Name: "Überwachung Rechenzentrum Süd", Address: "alerts@xn--bcher-kva.example"}
	many.To = notifytest.Addresses("a.very.long.local.part@department.example.com", "second@example.com", "third@another-department.example.com")
	recovery := follow(alert.Recovery, alert.Normal, "2c26b46b68ffc68f",
		"UP be_shop/web1: was down 3 m 14 s", "Server be_shop/web1 is UP since 10:23:42. It was down for 3 m 14 s, 97 checks failed.\n")
	recovery.Closed = recovery.Time
	none := notifytest.Problem()
	none.Kind, none.Severity, none.Server, none.Subject = alert.Problem, alert.Emergency, "", "DOWN be_shop: no server available"
	foreign := notifytest.Problem()
	foreign.Subject = "DOWN be_shop/web1: Layer7 wrong status, code: 503, info: „Dienst nicht verfügbar – bitte später“ 日本語のとても長い説明文がここに続きます"
	foreign.Body = "info: „Dienst nicht verfügbar“ =?utf-8?q?=0AX?= \x1b[31mred\x1b[0m\r\n.\n.hidden\n" + strings.Repeat("long ", 60)
	foreign.Observers = []string{"lb-münchen"}
	page := recovery
	page.HTML = "<!DOCTYPE html>\n<html>\n<body style=\"margin:0\">\n<table><tr><td style=\"background:#1a7f37;color:#ffffff\"><b>UP</b> &middot; be_shop/web1</td></tr></table>\n</body>\n</html>\n"
	return map[string]struct {
		mailer *Mailer
		d      alert.Dispatch
	}{
		"problem":  {one, notifytest.Dispatch(notifytest.Problem())},
		"recovery": {one, notifytest.Dispatch(recovery)},
		"late":     {one, alert.Dispatch{Channel: "ops", Notice: recovery, Attempt: 9, Delay: 14*time.Minute + 300*time.Millisecond}},
		"proxy":    {many, notifytest.Dispatch(none)},
		"foreign":  {many, notifytest.Dispatch(foreign)},
		"html":     {one, notifytest.Dispatch(page)},
		"latehtml": {one, alert.Dispatch{Channel: "ops", Notice: page, Attempt: 9, Delay: 14 * time.Minute}},
	}
}

func TestGoldenLetters(t *testing.T) {
	for name, tt := range specimens() {
		t.Run(name, func(t *testing.T) {
			got, err := tt.mailer.compose(tt.d)
			if err != nil {
				t.Fatal(err)
			}
			checkLetter(t, got, tt.d)
			path := filepath.Join("..", "..", "..", "testdata", "mail", name+".eml")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("letter (-golden +got):\n%s", diff)
			}
		})
	}
}

func TestLetterIsStable(t *testing.T) {
	m, d := mailer(&notifytest.Script{}), notifytest.Dispatch(notifytest.Problem())
	d.Notice.HTML = "<p>DOWN</p>"
	first, err := m.compose(d)
	if err != nil {
		t.Fatal(err)
	}
	d.Attempt, d.Done, d.Delay = 7, []string{"a@example.com"}, 59*time.Second
	d.Notice.Time = d.Notice.Time.In(time.UTC)
	for range 20 {
		again, err := m.compose(d)
		if diff := cmp.Diff(string(first), string(again)); err != nil || diff != "" {
			t.Fatalf("compose again: %v (-first +again):\n%s", err, diff)
		}
	}
}

func TestThread(t *testing.T) {
	first, later := notifytest.Problem(), follow(alert.Recovery, alert.Normal, "2c26b46b68ffc68f", "UP", "")
	const root = "<incident.60303ae22b998861.haproxy-alert@example.com>"
	want := []thread{
		{id: "<9f86d081884c7d65.haproxy-alert@example.com>", root: root},
		{id: "<2c26b46b68ffc68f.haproxy-alert@example.com>", parent: "<9f86d081884c7d65.haproxy-alert@example.com>", root: root},
	}
	got := []thread{threadOf(first, "example.com"), threadOf(later, "example.com")}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(thread{})); diff != "" {
		t.Errorf("threads (-want +got):\n%s", diff)
	}
	strange := threadOf(alert.Notice{ID: "a>\r\nBcc: <b", Incident: "be/s1"}, "example.com")
	if strings.ContainsAny(strange.id+strange.root, "\r\n /") {
		t.Errorf("ids not fit for a header: %q", strange)
	}
}

func TestListID(t *testing.T) {
	for domain, want := range map[string]string{
		"example.com": "haproxy-alert <haproxy-alert.example.com>",
		"localhost":   "haproxy-alert <haproxy-alert.localhost>",
		"[127.0.0.1]": "haproxy-alert <haproxy-alert.localhost>",
	} {
		if got := listID(domain); got != want {
			t.Errorf("listID(%q) = %q, want %q", domain, got, want)
		}
	}
}

func TestComposeRefusesAddresses(t *testing.T) {
	for _, bad := range []string{
		"", "a", "@b", "a@", "a b@c.d", "a@b\r\nBcc: e@f.g", "a@b>, <c@d", `"a,b"@c.d`, "a,b@c.d", "ä@b.c", "a@bücher.de",
		"a@b.c\x00", "<a@b.c>", "A <a@b.c>", strings.Repeat("a", 251) + "@b.c",
	} {
		m := mailer(&notifytest.Script{})
		m.To = notifytest.Addresses("good@example.com", bad)
		if _, err := m.compose(notifytest.Dispatch(notifytest.Problem())); err == nil || !strings.HasPrefix(err.Error(), "to: want ") {
			t.Errorf("compose to %q: %v, want an error", bad, err)
		}
		m = mailer(&notifytest.Script{})
		m.From.Address = bad
		if _, err := m.compose(notifytest.Dispatch(notifytest.Problem())); err == nil || !strings.HasPrefix(err.Error(), "from: want ") {
			t.Errorf("compose from %q: %v, want an error", bad, err)
		}
	}
}

func FuzzLetter(f *testing.F) {
	f.Add("DOWN be/s1", "is DOWN\nreason: Layer4 timeout\n", "be", "s1", "lb1", "Jane", "jane@example.com", "<p>DOWN</p>")
	f.Add("a\r\nBcc: evil@x.org", "a\r\n.\r\nQUIT\r\n", "be\r\nX: y", "s1\x00", "\x1b[2J", "Doe, \"J\"\r\nX: y", "a@b\r\nBcc: c@d", "\r\n--=_9f86d081884c7d65--\r\n")
	f.Add("=?utf-8?q?=0aX?=", "\r\r\n \t\n", "日本語", "\xff\xfe", "\u202e", "=?", "a@[127.0.0.1]", "<BODY\n class='a>b'>\xff\u202e")
	f.Add(strings.Repeat("x", 3000), strings.Repeat("y", 3000), strings.Repeat("é", 300), "  ", " , ", strings.Repeat(`"\`, 300), "a@b.c", strings.Repeat("z=", 3000)+"\n \t")
	f.Fuzz(func(t *testing.T, subject, body, proxy, server, host, name, address, page string) {
		m := mailer(&notifytest.Script{})
		m.To = append(m.To, mail.Address{Name: name, Address: address})
		n := notifytest.Problem()
		n.Subject, n.Body, n.HTML, n.Proxy, n.Server, n.Incident = subject, body, page, proxy, server, subject
		n.Observers = []string{host, proxy}
		letter, err := m.compose(notifytest.Dispatch(n))
		if err != nil {
			if _, bad := plainAddress(m.To[1]); bad == nil {
				t.Fatalf("compose: %v", err)
			}
			return
		}
		checkLetter(t, letter, notifytest.Dispatch(n))
		if parsed, err := mail.ReadMessage(bytes.NewReader(letter)); err == nil {
			to, err := parsed.Header.AddressList("To")
			if err != nil || len(to) != 2 || to[1].Address != address {
				t.Errorf("to is %q (%v), want %q last", to, err, address)
			}
		}
	})
}
