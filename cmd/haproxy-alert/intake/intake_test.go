package intake

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/loop"
	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/syslog"
)

// stuckJournal is a disk that takes nothing until it is freed.
type stuckJournal struct {
	free      chan struct{}
	committed chan []alert.Fact
	seq       uint64
	texts     []string
}

func (j *stuckJournal) Append(_ context.Context, facts []alert.Fact) error {
	<-j.free
	for k := range facts {
		j.seq++
		facts[k].Seq = j.seq
		if facts[k].Kind == alert.Observed {
			j.texts = append(j.texts, facts[k].Text)
		}
	}
	j.committed <- slices.Clone(facts)
	return nil
}

func (j *stuckJournal) Committed() <-chan []alert.Fact { return j.committed }

func (j *stuckJournal) Checkpoint(uint64, func(io.Writer) error) error { return nil }

func (j *stuckJournal) MaySend() bool { return true }

// A disk that hangs stops no socket from being read: lines wait in memory, far beyond what
// the loop holds, and all are recorded in their order when it goes on.
func TestSlowDiskStopsNoSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const lines = 3 * loop.MaxInbox
		journal := &stuckJournal{free: make(chan struct{}), committed: make(chan []alert.Fact, 2*lines)}
		log := slog.New(slog.DiscardHandler)
		f := NewFeed(&loop.Loop{State: engine.New(alert.Policy{}, nil), Journal: journal, Log: log}, config.DefaultBacklog, 0, log)
		ctx, end := context.WithCancel(t.Context())
		looped, fed := make(chan error, 1), make(chan bool)
		go func() { looped <- f.Loop.Run(ctx) }()
		go func() { defer close(fed); f.Run() }()

		sink := f.Sink("udp://test", false)
		var want []string
		for k := range lines {
			want = append(want, fmt.Sprintf("Server be/s%d is DOWN.", k))
			sink(syslog.Frame{Data: []byte("<129>Nov 21 07:00:00 haproxy[1]: " + want[k])})
		}
		synctest.Wait()
		if _, events, waiting := f.Counts(); events >= lines || waiting == 0 {
			t.Errorf("%d lines were handed over, %d bytes wait; the disk takes nothing", events, waiting)
		}
		close(journal.free)
		f.Intake.Close()
		<-fed
		end()
		if err := <-looped; err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(journal.texts, want) {
			t.Errorf("%d of %d lines recorded, or in another order", len(journal.texts), lines)
		}
		if _, _, waiting := f.Counts(); waiting != 0 {
			t.Errorf("%d bytes still wait", waiting)
		}
	})
}

// TestManyWait: when there is room for one line, one of those who wait is woken, not all of
// them: a thousand senders are not much slower than one (issue 12).
func TestManyWait(t *testing.T) {
	const lines = 20_000
	feed := func(senders int) time.Duration {
		in := newIntake(config.MinBacklog, slog.New(slog.DiscardHandler))
		var bringing sync.WaitGroup
		for range senders {
			bringing.Go(func() {
				for range lines / senders {
					in.put(incoming{data: make([]byte, 1024-incomingOverhead), patient: true})
				}
			})
		}
		begun := time.Now()
		go func() {
			bringing.Wait()
			in.Close()
		}()
		n := 0
		for read := in.take(nil); len(read) > 0; read = in.take(read) {
			for k := range read {
				in.done(&read[k])
				runtime.Gosched() // as who reads a line waits for the loop
				n++
			}
		}
		if n != lines {
			t.Errorf("%d lines came of %d senders", n, senders)
		}
		return time.Since(begun)
	}
	for _, n := range []int{1, 100, 1000} {
		t.Log(n, feed(n))
	}
	ratio := 0.0
	for range 5 { // a busy machine may be slow once
		one, thousand := feed(1), feed(1000)
		if ratio = thousand.Seconds() / one.Seconds(); ratio < 20 {
			return
		}
	}
	t.Errorf("a thousand senders take %.0f times as long as one", ratio)
}

// Lines of who can wait take a part of the room only, and their waiting is in nobody's way.
func TestIntakeIsBounded(t *testing.T) {
	for _, patient := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var said strings.Builder
			in := newIntake(config.MinBacklog, slog.New(slog.NewTextHandler(&said, nil)))
			put := 0
			bring := func(patient bool, lines int) {
				for range lines {
					in.put(incoming{data: make([]byte, 1024-incomingOverhead), patient: patient})
					put++
				}
			}
			go bring(patient, 2*config.MinBacklog/1024)
			synctest.Wait()
			want := config.MinBacklog / 1024
			if patient {
				want /= patientShare
			}
			if put != want {
				t.Errorf("%d lines of 1 KiB were taken, want %d", put, want)
			}
			if full := strings.Contains(said.String(), "backlog is full"); full == patient {
				t.Errorf("patient %v, said: %s", patient, &said)
			}
			in.put(incoming{data: []byte("one of the others"), patient: !patient}) // does not wait

			read := in.take(nil)
			for k := range read {
				time.Sleep(time.Millisecond)
				in.done(&read[k])
			}
			synctest.Wait()
			if put != 2*want {
				t.Errorf("%d lines were taken after room was made for %d, want %d", put, want, 2*want)
			}
			for in.waiting() > 0 {
				read = in.take(read)
				for k := range read {
					in.done(&read[k])
				}
				synctest.Wait()
			}
			in.Close()
			if left := in.take(nil); len(left) > 0 {
				t.Errorf("%d lines are left", len(left))
			}
		})
	}
}
