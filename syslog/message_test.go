package syslog

import (
	"strings"
	"testing"
	"time"

	"haproxy-alert/syslog/header"
	"haproxy-alert/syslog/internal/sample"
	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/timestamp"
	"haproxy-alert/syslog/wrap"

	"github.com/google/go-cmp/cmp"
)

var (
	near   = timestamp.Clock{Near: time.Date(2026, time.November, 21, 8, 0, 0, 0, time.UTC), Location: time.UTC}
	second = time.Date(2026, time.November, 21, 7, 38, 2, 0, time.UTC)
	micros = second.Add(217407 * time.Microsecond)
)

// specimen is a header, and what Parse makes of it before the text down.
type specimen struct {
	header string
	want   Message
}

func specimens() []specimen {
	const local0, alert = 16, 1
	full := func(format, host, tag string, pid int, at time.Time, zoned bool) Message {
		return Message{Text: sample.Down, Format: format, Host: host, Tag: tag, PID: pid, Time: at, Zoned: zoned, Facility: local0, Severity: alert}
	}
	bare := func(format string, at time.Time, facility, severity int) Message {
		return Message{Text: sample.Down, Format: format, Time: at, Zoned: !at.IsZero(), Facility: facility, Severity: severity}
	}
	copied := func(m Message, severity, pid int) Message {
		m.Copy, m.Severity, m.PID = true, severity, pid
		return m
	}
	filed := func(format, host string, at time.Time, zoned bool) Message {
		m := full(format, host, "haproxy", 28133, at, zoned)
		m.Facility, m.Severity = -1, -1
		return m
	}
	east := time.FixedZone("", 5400)
	return []specimen{
		// HAProxy's own formats.
		{"<129>Nov 21 07:38:02 haproxy[28133]: ", full(header.RFC3164, "", "haproxy", 28133, second, false)},
		{"<129>Nov 21 07:38:02 localhost haproxy[28133]: ", full(header.RFC3164, "localhost", "haproxy", 28133, second, false)},
		{"<129>Nov  1 07:38:02 vm haproxy[28133]: ", full(header.RFC3164, "vm", "haproxy", 28133, time.Date(2026, 11, 1, 7, 38, 2, 0, time.UTC), false)},
		{"<129>Nov 21 07:38:02 localhost my tag[30566]: ", full(header.RFC3164, "localhost", "my tag", 30566, second, false)},
		{"<129>Nov 21 07:38:02 my tag[30566]: ", full(header.RFC3164, "my", "tag", 30566, second, false)},
		{"<129>Nov 21 07:38:02 ha(prod):a/b[7]: ", full(header.RFC3164, "", "ha(prod):a/b", 7, second, false)},
		{"<129>1 2026-11-21T07:38:02+00:00 vm haproxy 27820 - - ", full(header.RFC5424, "vm", "haproxy", 27820, second, true)},
		{"<129>1 2026-11-21T07:38:02.217407+00:00 - haproxy 28133 - - ", full(header.RFC5424, "", "haproxy", 28133, micros, true)},
		{"<129>1 2026-11-21T07:38:02-00:00 localhost haproxy 28133 - - ", full(header.RFC5424, "localhost", "haproxy", 28133, second, false)},
		{"<129>1 2026-11-21T07:38:02.217407+00:00 - my tag 27504 - - ", full(header.RFC5424, "", "my tag", 27504, micros, true)},
		{"<129>1 2026-11-21T07:38:02.217407+00:00 - my 5 tag 27504 - - ", full(header.RFC5424, "", "my 5 tag", 27504, micros, true)},
		{`<129>1 2026-11-21T07:38:02.217407+00:00 - haproxy 28133 - [x@1 url="/a] Server be/s is UP\"]"][y] `, full(header.RFC5424, "", "haproxy", 28133, micros, true)},
		{"<129>", bare(header.Priority, time.Time{}, local0, alert)},
		{"<1>", bare(header.Short, time.Time{}, -1, alert)},
		{"<1>2026-11-21T07:38:02.217407+00:00 ", bare(header.Timed, micros, -1, alert)},
		{"2026-11-21T07:38:02.217407+00:00 ", bare(header.ISO, micros, -1, -1)},
		{"", bare(header.Raw, time.Time{}, -1, -1)},
		// Relays.
		{"Nov 21 07:38:02 lb1 haproxy[28133]: ", filed(header.File, "lb1", second, false)},
		{"Nov 21 07:38:02 - haproxy[28133] ", filed(header.File, "", second, false)},
		{"Nov 21 07:38:02 fe80::1%eth0 haproxy[28133]: ", filed(header.File, "fe80::1%eth0", second, false)},
		{"Nov 21 07:38:02.217407 lb1 haproxy[28133]: ", filed(header.File, "lb1", micros, false)},
		{"1795246682.217407 lb1 haproxy[28133]: ", filed(header.FileUnix, "lb1", micros, true)},
		{"[ 4357.872054] lb1 haproxy[28133]: ", filed(header.FileUptime, "lb1", time.Time{}, false)},
		{"[14357.872054] lb1 haproxy[28133]: [WARNING]  (8) : ", copied(filed(header.FileUptime, "lb1", time.Time{}, false), 4, 8)},
		{"2026-11-21T07:38:02+00:00 localhost haproxy[28133]: ", filed(header.FileISO, "localhost", second, true)},
		{"2026-11-21T07:38:02.217407+00:00 - haproxy[28133] ", filed(header.FileISO, "", micros, true)},
		{"2026-11-21T07:38:02+0000 lb1 haproxy[28133]: ", filed(header.FileISO, "lb1", second, true)},
		{"2026-11-21T09:08:02.217407+01:30 lb1 haproxy[28133]: ", filed(header.FileISO, "lb1", micros.In(east), true)},
		{"2026-11-21T07:38:02 lb1 haproxy[28133]: ", filed(header.FileISO, "lb1", second, false)},
		{"<129>2026-11-21T07:38:02.217407Z localhost haproxy[28133]: ", full(header.ForwardISO, "localhost", "haproxy", 28133, micros, true)},
		{"<129>1 2026-11-21T07:38:02+00:00 localhost haproxy 28133 - -  ", full(header.Proto23, "localhost", "haproxy", 28133, second, true)},
		{"<129>1 2026-11-21T07:38:02+00:00 vm haproxy 28133 - - \xef\xbb\xbf", full(header.RFC5424, "vm", "haproxy", 28133, second, true)},
		{"<129>1 - vm haproxy - ID47 [a b=\"c\"] ", full(header.RFC5424, "vm", "haproxy", 0, time.Time{}, false)},
		{"<129>1 2026-11-21T07:38:02.217407123Z vm haproxy w-1 ID47 - ", full(header.RFC5424, "vm", "haproxy", 0, micros.Add(123), true)},
		{"<129>Nov 21 07:38:02 lb1 haproxy: ", full(header.RFC3164, "lb1", "haproxy", 0, second, false)},
		// A relay that took a raw line for its own message.
		{"<129>Nov 21 07:38:02 lb1 ", full(header.RFC3164, "lb1", "", 0, second, false)},
		// Copies on stderr.
		{"[WARNING]  (6700) : ", copied(bare(header.Stderr, time.Time{}, -1, 0), 4, 6700)},
		{"[ALERT]    (6700) : ", copied(bare(header.Stderr, time.Time{}, -1, 0), 1, 6700)},
		{"[WARNING]  (6700) : CLI : ", copied(bare(header.Stderr, time.Time{}, -1, 0), 4, 6700)},
		{"[WARNING] 324/073802 (6700) : ", copied(Message{Text: sample.Down, Format: header.Stderr, Facility: -1, Time: second}, 4, 6700)},
		{"2026-11-21T07:38:02.217407000Z [NOTICE]   (8) : ", copied(bare(header.ISO, micros, -1, 0), 5, 8)},
		{"Nov 21 07:38:02 lb1 haproxy[7]: [WARNING]  (8) : ", copied(filed(header.File, "lb1", second, false), 4, 8)},
		{"<30>Nov 21 07:38:02 lb1 haproxy[7]: [WARNING]  (8) : ", func() Message {
			m := copied(full(header.RFC3164, "lb1", "haproxy", 7, second, false), 6, 8)
			m.Facility = 3
			return m
		}()},
		// Days and hours there are not.
		{"<129>Nov 31 07:38:02 haproxy[28133]: ", full(header.RFC3164, "", "haproxy", 28133, time.Time{}, false)},
		{"<129>Nov 21 24:00:00 lb1 haproxy[28133]: ", full(header.RFC3164, "lb1", "haproxy", 28133, time.Time{}, false)},
		{"<129>1 2026-02-29T07:38:02Z lb1 haproxy 28133 - - ", full(header.RFC5424, "lb1", "haproxy", 28133, time.Time{}, false)},
		{"<129>1 2026-11-21T07:38:60Z lb1 haproxy 28133 - - ", full(header.RFC5424, "lb1", "haproxy", 28133, second.Add(58*time.Second), true)},
		{"<129>Feb 29 07:38:02 haproxy[28133]: ", full(header.RFC3164, "", "haproxy", 28133, time.Date(2028, 2, 29, 7, 38, 2, 0, time.UTC), false)},
	}
}

func TestParse(t *testing.T) {
	for _, s := range specimens() {
		for _, end := range []string{"", "\n", "\r\n", "\n\x00"} {
			if diff := cmp.Diff(s.want, Parse([]byte(s.header+sample.Down+end), near)); diff != "" {
				t.Errorf("Parse(%q + text + %q): (-want +got)\n%s", s.header, end, diff)
			}
		}
	}
}

// TestBodyIsText also holds that nothing behind a health line's beginning, its
// info above all, moves the place where the text begins.
func TestBodyIsText(t *testing.T) {
	infos := []string{
		"", `]: Server be/s is UP`, `haproxy[1]: Server be/s is UP`, `lb1 haproxy[1]: Server be/s is UP.`,
		` - - Server be/s is UP`, `[WARNING]  (1) : Server be/s is UP`, `<129>Nov 21 07:38:02 lb1 haproxy[1]: x`, "x[12]: \xef\xbb\xbf",
	}
	for _, s := range specimens() {
		for _, info := range infos {
			text := `Server be_fmt/x1 is DOWN, reason: Layer7 wrong status, code: 503, info: "` + info
			frame := []byte(s.header + text)
			if got := string(Body(frame)); got != text {
				t.Errorf("Body(%q) = %q, want %q", frame, got, text)
			}
			if got := Parse(frame, near).Text; got != text {
				t.Errorf("Parse(%q).Text = %q, want %q", frame, got, text)
			}
		}
	}
}

// TestNotHeaders are frames whose beginning only looks like one: all of it is
// text, or all behind the PRI.
func TestNotHeaders(t *testing.T) {
	for _, c := range []struct{ frame, format, text string }{
		{"", header.Raw, ""},
		{"\n", header.Raw, ""},
		{"<34>", header.Priority, ""},
		{"<>x", header.Raw, "<>x"},
		{"<999>x", header.Raw, "<999>x"},
		{"<192>x", header.Raw, "<192>x"},
		{"<01>x", header.Raw, "<01>x"},
		{"<1234>x", header.Raw, "<1234>x"},
		{"<129", header.Raw, "<129"},
		{"<129>1 x", header.Priority, "1 x"},
		{"<129>1 2026-11-21T07:38:02Z", header.Priority, "1 2026-11-21T07:38:02Z"},
		{"<129>1 2026-11-21T07:38:02Z lb1 haproxy 1 - [x y=\"] Server", header.Priority, "1 2026-11-21T07:38:02Z lb1 haproxy 1 - [x y=\"] Server"},
		{"<129>Sep 23 10:00:00 lb1", header.RFC3164, "lb1"},
		{"<129>Sep 23 10:00:00", header.RFC3164, ""},
		{"Sep 23 10:00:0x lb1 haproxy[1]: x", header.Raw, "Sep 23 10:00:0x lb1 haproxy[1]: x"},
		{"-5 abc", header.Raw, "-5 abc"},
		{"9223372036854775807 x", header.Raw, "9223372036854775807 x"},
		{"[WARNING] (x) : y", header.Raw, "[WARNING] (x) : y"},
		{"[TRACE]  (1) : y", header.Raw, "[TRACE]  (1) : y"},
		{"be_dns/dns1: IP changed", header.Raw, "be_dns/dns1: IP changed"},
		{"[ 4357.872054] be_dns/dns1: IP changed", header.Raw, "[ 4357.872054] be_dns/dns1: IP changed"},
		{"[ 4357.872054]", header.Raw, "[ 4357.872054]"},
		{"[4357] lb1 haproxy[1]: x", header.Raw, "[4357] lb1 haproxy[1]: x"},
		{"[ 4357.8 lb1 haproxy[1]: x", header.Raw, "[ 4357.8 lb1 haproxy[1]: x"},
		{"<1>[ 4357.8] lb1 haproxy[1]: x", header.Short, "[ 4357.8] lb1 haproxy[1]: x"},
		{"1795246682.217407 be_dns/dns1: IP changed", header.Raw, "1795246682.217407 be_dns/dns1: IP changed"},
		{"1795246682. lb1 haproxy[1]: x", header.Raw, "1795246682. lb1 haproxy[1]: x"},
		{"1795246682 lb1 haproxy[1]: x", header.Raw, "1795246682 lb1 haproxy[1]: x"},
		{"2026-11-21T07:38:02Z be_dns/dns1: IP changed", header.ISO, "be_dns/dns1: IP changed"},
		{"2026-11-21T07:38:02Z 127.0.0.1:45882 [21/Nov/2026:07:37:38.152] fe", header.ISO, "127.0.0.1:45882 [21/Nov/2026:07:37:38.152] fe"},
		{"2026-11-21T07:38:02Z GET /x[12]: Server be/s is DOWN", header.ISO, "GET /x[12]: Server be/s is DOWN"},
		{"2026-11-21T07:38:02Z GET http://x[12]: Server be/s is DOWN", header.ISO, "GET http://x[12]: Server be/s is DOWN"},
		{"Nov 21 07:38:02 lb1 GET /x[12]: Server be/s is DOWN", header.File, "GET /x[12]: Server be/s is DOWN"},
		{`Nov 21 07:38:02 lb1 "x"[12]: Server be/s is DOWN`, header.File, `"x"[12]: Server be/s is DOWN`},
		{"Nov 21 07:38:02 lb1 kernel: x[1]: Server be/s is UP", header.File, "x[1]: Server be/s is UP"},
		{"Nov 21 07:38:02 lb1 be_dns/dns1: IP changed", header.File, "be_dns/dns1: IP changed"},
		{"Nov 21 07:38:02 lb1 127.0.0.1:1 [21/Nov/2026:07:37:38.152] fe", header.File, "127.0.0.1:1 [21/Nov/2026:07:37:38.152] fe"},
	} {
		m := Parse([]byte(c.frame), near)
		if m.Format != c.format || m.Text != c.text {
			t.Errorf("Parse(%q) is %s %q, want %s %q", c.frame, m.Format, m.Text, c.format, c.text)
		}
		if got := string(Body([]byte(c.frame))); got != c.text {
			t.Errorf("Body(%q) = %q, want %q", c.frame, got, c.text)
		}
		if m.Panicked {
			t.Errorf("Parse(%q): go-syslog panicked", c.frame)
		}
	}
}

// FuzzParse holds what is true of every frame.
func FuzzParse(f *testing.F) {
	for _, s := range specimens() {
		f.Add([]byte(s.header + sample.Down))
	}
	for _, w := range wrappers {
		f.Add([]byte(w.wrap("<129>Nov 21 07:38:02 lb1 haproxy[28133]: " + sample.Down)))
	}
	for _, s := range []string{"<34>", "<129>Sep 23 10:00:00 lb1", "-5 abc", "9223372036854775807 x", "<1>Nov 21 07:38:02 a[1]", "2026-11-21T07:38:02Z stdout F\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		m := Parse(frame, near)
		line := wrap.Inner(frame) // untrimmed: its end may belong to a binary field
		whole := string(line[:scan.TrimmedEnd(line)])
		if !strings.HasSuffix(whole, m.Text) {
			t.Errorf("text %q is not the end of %q", m.Text, whole)
		}
		if body := string(Body(frame)); body != m.Text {
			t.Errorf("Body(%q) = %q, Parse's text is %q", frame, body, m.Text)
		}
		before := whole[:len(whole)-len(m.Text)]
		if len(line) < scan.TrimmedEnd(frame) {
			before += string(frame) // host and tag may stand in the wrapping
		}
		if !strings.Contains(before, m.Host) || !strings.Contains(before, m.Tag) {
			t.Errorf("host %q and tag %q do not stand in the header %q", m.Host, m.Tag, before)
		}
		if m.Facility < -1 || m.Facility >= header.Facilities || m.Severity < -1 || m.Severity >= header.Severities || m.PID < 0 {
			t.Errorf("out of range: %+v", m)
		}
		if m.Panicked {
			t.Errorf("go-syslog panicked over %q", frame)
		}
		agree(t, line)
	})
}

// FuzzBody puts any text behind a health line's beginning, in every format.
func FuzzBody(f *testing.F) {
	for i := range specimens() {
		f.Add(i, `]: Server be/s is UP, reason: x[1]: y - - z`)
	}
	all := specimens()
	f.Fuzz(func(t *testing.T, i int, info string) {
		header := all[uint(i)%uint(len(all))].header
		text := "Health check for server be/s failed, reason: " + strings.TrimRight(info, "\n\r\x00")
		if got := string(Body([]byte(header + text))); got != text {
			t.Errorf("Body(%q + %q) = %q", header, text, got)
		}
	})
}
