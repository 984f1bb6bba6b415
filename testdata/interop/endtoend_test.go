package interop_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestEndToEnd is the main job, with real parts only: HAProxy checks servers and
// logs, the daemon mails through Postfix, and the test reads the mailbox.
func TestEndToEnd(t *testing.T) {
	binary := buildDaemon(t)
	for _, way := range []struct {
		name   string
		target func(*testing.T, *daemon) logTarget
	}{
		{"udp", func(t *testing.T, d *daemon) logTarget {
			return logTarget{addr: d.listener(t, "udp"), format: "rfc3164"}
		}},
		{"ring", func(t *testing.T, d *daemon) logTarget {
			return logTarget{addr: d.listener(t, "tcp"), ring: true, format: "rfc5424"}
		}},
		{"rsyslog", func(t *testing.T, d *daemon) logTarget {
			in := startRsyslog(t, d.listener(t, "tcp"), "RSYSLOG_TraditionalForwardFormat")
			return logTarget{addr: in, format: "rfc3164"}
		}},
		{"rsyslog-protocol23", func(t *testing.T, d *daemon) logTarget {
			in := startRsyslog(t, d.listener(t, "tcp"), "RSYSLOG_SyslogProtocol23Format")
			return logTarget{addr: in, format: "rfc3164"}
		}},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			mx := startPostfix(t)
			conf := daemonConfig{
				Journal: filepath.Join(t.TempDir(), "journal"), GroupWait: groupWait, Relay: mx.addr, CA: mx.cert,
			}
			d := startDaemon(t, binary, conf.write(t))
			lb := startHAProxy(t, way.target(t, d))
			tellOutages(t, lb, mx)
			d.stop(t)
		})
	}
}

// TestEndToEndKilled kills the daemon between an outage and its end. A forwarder
// with a queue, here rsyslog, holds what comes meanwhile; the conversation goes on
// as if nothing had been.
func TestEndToEndKilled(t *testing.T) {
	t.Parallel()
	mx := startPostfix(t)
	port := freePort(t)
	conf := daemonConfig{
		Journal: filepath.Join(t.TempDir(), "journal"), GroupWait: groupWait,
		Relay: mx.addr, CA: mx.cert, TCPPort: port.Port(),
	}
	binary, file := buildDaemon(t), conf.write(t)
	d := startDaemon(t, binary, file)
	in := startRsyslog(t, port, "RSYSLOG_TraditionalForwardFormat")
	lb := startHAProxy(t, logTarget{addr: in, format: "rfc3164"})

	single := lose(t, mx, 1, func() { lb.single.turnOff(t) })
	d.Kill()
	wait(outage)
	single.find(t, mx, 2, func() {
		lb.single.turnOn(t)
		lb.awaitAllUp(t)
		d = startDaemon(t, binary, file)
	})

	wait(2 * groupWait) // for a mail too many
	box := mx.letters(t)
	checkSubjects(t, box, []string{
		"[DOWN] be_single: no server available; s1 Layer4 connection problem (lb1)",
		"[UP] be_single: available again after N (lb1)",
	})
	checkThread(t, box[0], box[1], single)
	d.stop(t)
}

const (
	groupWait = time.Second
	// outage is how long a server stays away.
	outage = 3 * time.Second
	// slack is how far a told duration may be off: two stamps cut to whole seconds.
	slack = 2 * time.Second
	// patience is how long what must come may take on a busy machine, which may stand
	// still for a while.
	patience = 2 * time.Minute
)

// away is what the test knows of an outage: that HAProxy found it after down, and knew of
// it by told; that it found its end after up, and knew of it by back.
type away struct{ down, told, up, back time.Time }

// lose turns a server off and returns when that was mailed, as the n-th letter.
func lose(t *testing.T, mx *postfix, n int, off func()) (a away) {
	t.Helper()
	a.down = time.Now()
	off()
	mx.awaitLetters(t, n, patience)
	a.told = time.Now()
	return a
}

// find turns the server on again and returns when that was mailed, too.
func (a *away) find(t *testing.T, mx *postfix, n int, on func()) {
	t.Helper()
	a.up = time.Now()
	on()
	mx.awaitLetters(t, n, patience)
	a.back = time.Now()
}

// tellOutages lets two servers go and come back, one after the other, and reads
// what people are told.
func tellOutages(t *testing.T, lb *haproxy, mx *postfix) {
	t.Helper()
	single := lose(t, mx, 1, func() { lb.single.turnOff(t) })
	wait(outage)
	single.find(t, mx, 2, func() { lb.single.turnOn(t) })
	app := lose(t, mx, 3, func() { lb.s1.sick.Store(true) })
	wait(outage)
	app.find(t, mx, 4, func() { lb.s1.sick.Store(false) })

	wait(2 * groupWait) // for a mail too many
	box := mx.letters(t)
	checkSubjects(t, box, []string{
		"[DOWN] be_single: no server available; s1 Layer4 connection problem (lb1)",
		"[UP] be_single: available again after N (lb1)",
		"[DOWN] be_app/s1: Layer7 wrong status, 1 of 2 left (lb1)",
		"[UP] be_app/s1: up again after N (lb1)",
	})
	for _, l := range box {
		if l.protocol != "ESMTPS" {
			t.Errorf("%q came by %s, want TLS", l.subject, l.protocol)
		}
	}
	checkThread(t, box[0], box[1], single)
	checkThread(t, box[2], box[3], app)
	checkWords(t, box[0], `Server be_single/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused"`)
	checkWords(t, box[0], "backend be_single has no server available!")
	checkWords(t, box[2], "Layer7 wrong status, code 503: Service Unavailable") // said by the check line alone
	checkWords(t, box[2], "Server be_app/s1 is DOWN. 1 active")
}

// wait lets real time pass: the peers' clock is not ours to move.
func wait(d time.Duration) { <-time.After(d) }

// lasted finds a duration in a subject.
var lasted = regexp.MustCompile(`after (\d+m )?\d+s`)

// checkSubjects compares all subjects, in order; durations read "after N".
func checkSubjects(t *testing.T, box []letter, want []string) {
	t.Helper()
	var got []string
	for _, l := range box {
		got = append(got, lasted.ReplaceAllString(l.subject, "after N"))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("subjects (-want +got):\n%s", diff)
	}
}

// checkThread checks that a problem and its recovery are one conversation, which
// says how long the server was away.
func checkThread(t *testing.T, problem, recovery letter, a away) {
	t.Helper()
	if kind := problem.header.Get("X-HAProxy-Kind"); kind != "problem" || problem.inReplyTo != "" {
		t.Errorf("%q: kind %q, In-Reply-To %q; want a problem that opens a thread", problem.subject, kind, problem.inReplyTo)
	}
	if kind := recovery.header.Get("X-HAProxy-Kind"); kind != "recovery" {
		t.Errorf("%q: kind %q, want recovery", recovery.subject, kind)
	}
	if recovery.inReplyTo != problem.messageID || !slices.Contains(recovery.references, problem.messageID) {
		t.Errorf("%q: In-Reply-To %q, References %q; want both to name %q",
			recovery.subject, recovery.inReplyTo, recovery.references, problem.messageID)
	}
	if len(problem.references) == 0 || !slices.Contains(recovery.references, problem.references[0]) {
		t.Errorf("References %q and %q; want one root", problem.references, recovery.references)
	}
	least, most := a.up.Sub(a.told)-slack, a.back.Sub(a.down)+slack
	if got := tellsLasted(t, recovery); got < least || got > most {
		t.Errorf("%q: lasted %v, want %v to %v", recovery.subject, got, least, most)
	}
}

// tellsLasted reads the "Lasted:" line of a recovery.
func tellsLasted(t *testing.T, l letter) time.Duration {
	t.Helper()
	for line := range strings.Lines(l.text) {
		if value, ok := strings.CutPrefix(line, "Lasted:"); ok {
			d, err := time.ParseDuration(strings.Join(strings.Fields(value), ""))
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
	}
	t.Fatalf("%q does not say how long it lasted:\n%s", l.subject, l.text)
	return 0
}

// checkWords looks for the phrase in the body, however its lines are broken.
func checkWords(t *testing.T, l letter, phrase string) {
	t.Helper()
	if !strings.Contains(strings.Join(strings.Fields(l.text), " "), phrase) {
		t.Errorf("%q does not say %q:\n%s", l.subject, phrase, l.text)
	}
}
