package interop_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
)

// TestEndToEndFlood sends 100,000 health lines of 10,000 servers within 10 s, and the
// traffic between them. Each health line arrives for good, once and in order. A daemon
// with the race detector gets a fifth of them: it is ten times as slow.
func TestEndToEndFlood(t *testing.T) {
	const pieces, lasts = 100, 10 * time.Second
	lines := 100_000
	if raceDetected() {
		lines /= 5
	}
	f := startFlood(t)
	began := time.Now()
	for k := range pieces {
		wait(time.Until(began.Add(lasts / pieces * time.Duration(k))))
		for f.health < lines/pieces*(k+1) {
			f.storm.turn()
		}
		f.send()
	}
	sent := time.Now()
	f.awaitArrived(t)
	arrived := time.Now()
	asked := time.Now()
	last := f.awaitLastNotice(t)
	m := f.memory(t)
	t.Logf("flood: %d lines, %d of them about health, sent in %v, durable %v later; %d notices, the last one %v after its line; %s",
		len(f.forwarder.lines), f.health, round(sent.Sub(began)), round(arrived.Sub(sent)),
		len(f.told()), round(last.Sub(asked)), m)
	// A busy machine makes a longer flood of it, and time gathers notices.
	most := floodMost * int(max(lasts, arrived.Sub(began))/lasts)
	if n := len(f.told()); n > most {
		t.Errorf("%d notices, want at most %d", n, most)
	}
	m.check(t, floodPeak)
	f.finish(t)
}

// What the daemon may take in memory: in the flood, and when it knows 10,000 servers and
// 1,000 of them are down. And how many notices the flood may make.
const (
	floodPeak = 128 << 20
	knownPeak = 64 << 20
	floodMost = 60
)

// TestEndToEndManyKnown has every one of 10,000 servers fail and come back within 10 s,
// and then 1,000 of them fail.
func TestEndToEndManyKnown(t *testing.T) {
	f := startFlood(t)
	t.Logf("idle: %s", f.memory(t))
	for _, farm := range f.storm.farms {
		for n := range farm.away {
			f.storm.down(farm, n)
			f.storm.up(farm, n)
		}
		f.send()
		wait(100 * time.Millisecond)
	}
	for _, farm := range f.storm.farms {
		for n := range len(farm.away) / 10 {
			f.storm.down(farm, n)
		}
	}
	f.send()
	f.awaitArrived(t)
	f.awaitLastNotice(t)
	m := f.memory(t)
	t.Logf("10,000 servers known, 1,000 down: %d notices, %s", len(f.told()), m)
	m.check(t, knownPeak)
	f.finish(t)
}

// flooded is a daemon with the default rules, which prints what it tells, and the
// forwarder of a storm over 10,000 servers.
type flooded struct {
	*daemon
	journal   string
	forwarder *forwarder
	storm     *storm
	health    int // lines so far that are about health
}

func startFlood(t *testing.T) *flooded {
	t.Helper()
	f := &flooded{journal: filepath.Join(t.TempDir(), "journal"), forwarder: &forwarder{}}
	conf := daemonConfig{
		Journal: f.journal, GroupWait: alert.DefaultGroupWait,
		Digest: alert.DefaultDigest, FlapChanges: alert.DefaultFlapChanges,
	}
	f.daemon = startDaemon(t, buildDaemon(t), conf.write(t))
	f.storm = &storm{rng: rand.New(rand.NewPCG(4, 5)), log: f.log}
	for k := range 100 {
		f.storm.farms = append(f.storm.farms, &farm{
			proxy: fmt.Sprintf("be_%02d", k), away: make([]bool, 100), checks: k%2 == 0,
		})
	}
	f.forwarder.connect(t, f.listener(t, "tcp"))
	t.Cleanup(func() { _ = f.forwarder.conn.Close() })
	return f
}

func (f *flooded) log(severity int, text string) {
	f.forwarder.log(severity, text)
	if isHealth(text) {
		f.health++
	}
}

// send sends what was logged since, and waits as long as the daemon lets it.
func (f *flooded) send() {
	f.forwarder.send(false)
	f.forwarder.arrived = len(f.forwarder.lines) // on this one connection nothing is lost
}

// floodPatience is how long the daemon may take for what it was sent.
const floodPatience = 2 * patience

// awaitArrived waits until the journal has all health lines, and checks their order.
func (f *flooded) awaitArrived(t *testing.T) {
	t.Helper()
	eventually(t, floodPatience, "daemon: all lines in the journal", func() bool {
		f.alive(t)
		return f.forwarder.allDurable(t, f.journal)
	})
}

// awaitLastNotice lets a proxy lose its only server, and returns when that is told. All
// that waits, gathered for the storm's sake, is told with it.
func (f *flooded) awaitLastNotice(t *testing.T) time.Time {
	t.Helper()
	f.storm.down(&farm{proxy: "be_last", away: make([]bool, 1)}, 0)
	f.send()
	last := -1
	eventually(t, floodPatience, "daemon: the end told", func() bool {
		f.alive(t)
		last = slices.IndexFunc(f.told(), func(n map[string]any) bool {
			return strings.Contains(fmt.Sprint(n["subject"]), "be_last")
		})
		return last >= 0
	})
	if last == 0 {
		t.Fatalf("daemon told nothing of the flood:\n%s", f.tail())
	}
	at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(f.told()[last]["time"]))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// told returns what was told, in order.
func (f *flooded) told() []map[string]any { return f.said("notice delivered") }

// finish stops the daemon and checks what it has counted.
func (f *flooded) finish(t *testing.T) {
	t.Helper()
	f.stop(t)
	if lines, events := f.counted(t); lines != len(f.forwarder.lines) || events != f.health {
		t.Errorf("daemon counts %d lines and %d events, %d and %d were sent", lines, events, len(f.forwarder.lines), f.health)
	}
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
