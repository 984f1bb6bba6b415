package syslog

import (
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"haproxy-alert/syslog/header"
	"haproxy-alert/syslog/logfile"
	"haproxy-alert/syslog/wrap"
	"haproxy-alert/testdata/corpus"
)

// captured is the run that testdata/journal/capture.sh played to a real journald
// (systemd 252): its datagrams, its stderr, and twenty of its RFC 5424 datagrams.
const captured = "formats/haproxy-3.2.0/14-all-down-backup/"

func capturedRun(t *testing.T) (devlog, stderr, rfc5424 []Message) {
	t.Helper()
	read := func(target string) []Message {
		return messages(t, target, corpus.File(captured+target+".jsonl"))
	}
	return read("unix_dgram"), read("stderr"), read("udp_rfc5424")[:20]
}

// TestJournal reads what journalctl made of a run in each of its forms, and finds
// the run in it: the text of each line, which process wrote it, and which lines
// are copies from stderr.
func TestJournal(t *testing.T) {
	devlog, stderr, rfc5424 := capturedRun(t)
	want := slices.Concat(devlog, stderr, rfc5424)
	for form, format := range map[string]string{
		"short": header.File, "short-precise": header.File, "short-iso": header.FileISO, "short-iso-precise": header.FileISO,
		"short-monotonic": header.FileUptime, "short-unix": header.FileUnix,
		"export": wrap.JournalExport, "json": wrap.JournalJSON, "json-pretty": wrap.JournalJSON,
	} {
		t.Run(form, func(t *testing.T) {
			got := journal(t, path.Join("testdata", "journal", form+".gz"))
			if len(got) != len(want) {
				t.Fatalf("%d lines, want %d", len(got), len(want))
			}
			for i, m := range got {
				text := want[i].Text
				if !isJournal(format) {
					text = strings.TrimRight(text, " ") // as MESSAGE has it, not SYSLOG_RAW
				}
				// The short forms lack the PRI too, without which RFC 5424 is text.
				ok := m.Text == text || i >= len(devlog)+len(stderr) && !isJournal(format) && strings.HasSuffix(m.Text, text)
				if !ok || m.Format != format || m.Copy != want[i].Copy || m.Panicked {
					t.Errorf("line %d is %s %q (copy %v), want %q", i, m.Format, m.Text, m.Copy, text)
				}
				if m.Host != "vm" || m.Tag != "haproxy" {
					t.Errorf("line %d is by %q at %q", i, m.Tag, m.Host)
				}
				if (isJournal(format) || m.Copy) && m.PID != want[i].PID {
					t.Errorf("line %d is by process %d, want %d", i, m.PID, want[i].PID)
				}
				if isJournal(format) && !m.Copy && (m.Facility != want[i].Facility && m.Facility != 16 || m.Severity < 0) {
					t.Errorf("line %d has facility %d, severity %d", i, m.Facility, m.Severity)
				}
			}
			t.Logf("%d lines, %d of them copies", len(got), len(stderr))
		})
	}
}

func isJournal(format string) bool {
	return format == wrap.JournalExport || format == wrap.JournalJSON
}

// journal reads a log, whose times must all be those of the capture.
func journal(t *testing.T, name string) (all []Message) {
	t.Helper()
	log, err := logfile.Open(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	played := time.Date(2026, 11, 21, 10, 23, 24, 0, time.UTC)
	line := Timeline{Location: time.UTC, Written: played}
	for frame, err := range log.Lines() {
		if err != nil {
			t.Fatal(err)
		}
		m := line.Parse(frame)
		if got := string(Body(frame)); got != m.Text {
			t.Errorf("Body is %q, text %q", got, m.Text)
		}
		// A time of an RFC 5424 header names its zone and is better.
		if near := m.Time.Sub(played).Abs() < time.Minute; !near && m.Format != header.FileUptime && !isJournal(m.Format) {
			t.Errorf("%s: time %v", name, m.Time)
		}
		all = append(all, m)
	}
	if n := log.Stats().Lines; n != int64(len(all)) {
		t.Errorf("%d lines counted, %d given", n, len(all))
	}
	return all
}
