package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"haproxy-alert/parse"
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/receive"
	"haproxy-alert/syslog/timestamp"
	"haproxy-alert/testdata/corpus"
)

// telling is what a line says, and who wrote it. The zero kind is a line that says
// nothing of health.
type telling struct {
	kind          parse.Kind
	proxy, server string
	pid, severity int
}

// said is the part of it that no clothing may change.
func (r telling) said() telling { return telling{kind: r.kind, proxy: r.proxy, server: r.server} }

// tell reads a frame as the feed does.
func tell(t *testing.T, frame []byte) telling {
	t.Helper()
	m := syslog.Parse(frame, timestamp.Clock{Near: captured, Location: time.UTC})
	ev, ok := parse.Line(m.Text)
	if candidate := parse.Candidate(syslog.Body(frame)); ok && !candidate {
		t.Errorf("an event, but its body is no candidate: %q", frame)
	}
	return telling{ev.Kind, ev.Proxy, ev.Server, m.PID, m.Severity}
}

// captured is about when the corpus was.
var captured = time.Date(2026, time.November, 21, 8, 0, 0, 0, time.UTC)

// health reads frames and leaves out what says nothing of health.
func health(t *testing.T, frames [][]byte) (all []telling) {
	t.Helper()
	for _, frame := range frames {
		if r := tell(t, frame); r.kind != parse.None {
			all = append(all, r)
		}
	}
	return all
}

// target is what one log target received in one run.
type target struct {
	name   string
	frames [][]byte
}

// reference is the target every other one is held against.
const reference = "udp_rfc3164"

// filters are the targets whose configuration leaves lines out: which of the
// reference's they get.
var filters = map[string]func(telling) bool{
	"udp_alert":  func(r telling) bool { return r.severity <= 1 },        // log ... alert
	"udp_notice": func(r telling) bool { return r.severity <= 5 },        // log ... notice
	"udp_be_own": func(r telling) bool { return r.proxy == "be_ownlog" }, // log in that backend alone
	"stderr":     func(r telling) bool { return !silent[r.proxy] },       // see silent
	reference:    func(r telling) bool { return true },                   // everything
}

// silent are proxies without a log target, of which stderr alone tells.
var silent = map[string]bool{"GLOBAL": true, "fwd": true, "mylog": true, "be_nolog": true}

// losses are the targets that lost lines when the process was reloaded, and why.
// Of those that came, each is one of the reference's, in its process's order.
var losses = map[string]string{
	"unix_dgram":  "the queue of a unix socket holds ten datagrams; HAProxy drops the rest",
	"ring_octet":  "a ring ends with its process, and what it had not sent",
	"ring_lf":     "as ring_octet",
	"ring_raw":    "as ring_octet",
	"tcp_direct":  "log tcp@ is a ring, as ring_octet",
	"fwd_rfc5424": "log-forward ends with the process; what arrives before the next has it is lost",
	"udp_len100":  "cut at 100 bytes: where a name was so long that the verb is gone, nobody can say what it was",
}

// TestClothings reads every run in the clothing of every log target, streams by
// our own receiver, and finds the same events in all.
func TestClothings(t *testing.T) {
	runs := map[string][]target{}
	for name, data := range corpus.Files("formats/*/*/*.jsonl") {
		run := path.Dir(name)
		runs[run] = append(runs[run], target{strings.TrimSuffix(path.Base(name), ".jsonl"), chunks(t, data)})
	}
	if len(runs) != 12 {
		t.Fatalf("%d runs, want 12", len(runs))
	}
	for run, targets := range runs {
		t.Run(strings.TrimPrefix(run, "formats/"), func(t *testing.T) {
			t.Parallel()
			compareTargets(t, targets, strings.HasSuffix(run, "37-reload-down"))
		})
	}
}

// chunks are the captured bytes of a target, datagram by datagram.
func chunks(t *testing.T, data []byte) (all [][]byte) {
	t.Helper()
	for line := range bytes.Lines(data) {
		var c struct {
			Bytes []byte `json:"bytes_base64"`
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c.Bytes)
	}
	return all
}

// compareTargets compares the targets of a run. In a reload two processes write at
// once, so that only the order of each is sure.
func compareTargets(t *testing.T, targets []target, reload bool) {
	all := map[string][]telling{}
	for _, to := range targets {
		if isStream(to.name) {
			to.frames = received(t, bytes.Join(to.frames, nil))
		}
		all[to.name] = health(t, to.frames)
	}
	if len(all[reference]) < 5 {
		t.Fatalf("%d events", len(all[reference]))
	}
	for name, got := range all {
		want := all[reference]
		if f := filters[name]; f != nil {
			want = slices.DeleteFunc(slices.Clone(want), func(r telling) bool { return !f(r) })
			got = slices.DeleteFunc(got, func(r telling) bool { return silent[r.proxy] })
		}
		short := len(want) - len(got)
		if why := losses[name]; why != "" && reload && short > 0 {
			t.Logf("%-15s lost %d of %d events: %s", name, short, len(want), why)
		} else if short != 0 {
			t.Errorf("%s: %d events, want %d", name, len(got), len(want))
		}
		order := byRun
		if reload {
			order = orderIn(got)
		}
		compareOrder(t, name, order, want, got)
	}
	t.Logf("%d events in %d clothings", len(all[reference]), len(all))
}

// orderIn tells what order is left in a reload: that of each process, or none when
// the clothing does not say whose line is whose.
func orderIn(got []telling) func(telling) string {
	if slices.ContainsFunc(got, func(r telling) bool { return r.pid == 0 }) {
		return byEvent
	}
	return byProcess
}

func isStream(name string) bool {
	return strings.HasPrefix(name, "ring_") || strings.HasPrefix(name, "rsys_") || strings.HasPrefix(name, "std") || name == "tcp_direct"
}

// received is what a receiver makes of a stream.
func received(t *testing.T, stream []byte) (frames [][]byte) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "log")
	r, err := receive.Listener{Address: "unix://" + socket}.Open()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- r.Run(ctx, func(f syslog.Frame) { frames = append(frames, bytes.Clone(f.Data)) })
	}()
	c, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(stream); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return frames
}

// byRun, byProcess, bySubject and byEvent tell which lines have an order among
// them: those of the same string.
func byRun(telling) string { return "" }

func byProcess(r telling) string { return strconv.Itoa(r.pid) }

func bySubject(r telling) string { return r.proxy + "/" + r.server }

func byEvent(r telling) string { return r.kind.String() + " " + bySubject(r) }

// compareOrder holds that the lines of each group came in their order, perhaps not
// all of them.
func compareOrder(t *testing.T, name string, group func(telling) string, want, got []telling) {
	t.Helper()
	rest := map[string][]telling{}
	for _, r := range want {
		rest[group(r)] = append(rest[group(r)], r)
	}
	for _, r := range got {
		of := group(r)
		i := slices.IndexFunc(rest[of], func(w telling) bool { return w.said() == r.said() })
		if i < 0 {
			t.Errorf("%s: %v of %s (process %d) was not said, or not then", name, r.kind, bySubject(r), r.pid)
			return
		}
		rest[of] = rest[of][i+1:]
	}
}
