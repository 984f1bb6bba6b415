package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// outage is a fact as long as those of the field.
func outage(n int) alert.Fact {
	number := func(n int) parse.Number { return parse.Number{Value: n, Said: true} }
	server := fmt.Sprintf("s%d", n%1000)
	return alert.Fact{
		Kind: alert.Observed, Time: start.Add(time.Duration(n) * time.Millisecond), At: start,
		Source: alert.Source{Listener: "udp:127.0.0.1:5514", Peer: "10.0.0.1", Tag: "haproxy", PID: 1234, Severity: 1},
		Event: parse.Event{
			Kind: parse.ServerDown, Proxy: "bk", Server: server,
			Reason: "Layer4 connection problem", Info: "Connection refused", CheckDurationMS: number(0),
			Active: number(1), BackupLeft: number(0), Sessions: number(0), Requeued: number(0), Queued: number(0),
		},
		Text: "Server bk/" + server + ` is DOWN, reason: Layer4 connection problem, info: "Connection refused", ` +
			"check duration: 0ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
	}
}

func burst(n int) []alert.Fact {
	facts := make([]alert.Fact, n)
	for i := range facts {
		facts[i] = outage(i)
	}
	return facts
}

// BenchmarkAppend compares Append with the least that the promise costs: the
// same bytes, already made, appended and synced in a loop. The two alternate in
// one run, because the disk is not the same from one minute to the next.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("burst=%d", size), func(b *testing.B) {
			facts := burst(size)
			raw, err := newBatch(facts, nil, 0)
			if err != nil {
				b.Fatal(err)
			}
			j, _ := mustOpen(b, Options{Dir: b.TempDir()})
			f, err := os.OpenFile(filepath.Join(b.TempDir(), "bare"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			var ours, bare time.Duration
			for b.Loop() {
				drain(j) // then the facts are ours again
				began := time.Now()
				if err := j.Append(b.Context(), facts); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				if _, err := f.Write(raw.records); err != nil {
					b.Fatal(err)
				}
				if err := datasync(f); err != nil {
					b.Fatal(err)
				}
				ours += between.Sub(began)
				bare += time.Since(between)
			}
			b.ReportMetric(float64(ours)/float64(bare), "x/bare")
			b.ReportMetric(float64(ours.Microseconds())/float64(b.N), "us/append")
		})
	}
}

// BenchmarkAppendParallel shows what sharing a sync gives.
func BenchmarkAppendParallel(b *testing.B) {
	j, _ := mustOpen(b, Options{Dir: b.TempDir()})
	go func() {
		for range j.Committed() {
			continue // only the channel must not fill
		}
	}()
	one := outage(0)
	var calls atomic.Int64
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			calls.Add(1)
			if err := j.Append(b.Context(), []alert.Fact{one}); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(calls.Load())/float64(j.Stats().Commits), "appends/sync")
}

// BenchmarkEncode is the share of a burst that is not the disk.
func BenchmarkEncode(b *testing.B) {
	for _, size := range []int{100, 1000} {
		b.Run(fmt.Sprintf("burst=%d", size), func(b *testing.B) {
			facts := burst(size)
			b.ReportAllocs()
			var room []byte
			for b.Loop() {
				made, err := newBatch(facts, room, 1)
				if err != nil {
					b.Fatal(err)
				}
				made.seal(1)
				room = made.records[:0]
			}
		})
	}
}

// million makes a journal of 1,000,000 facts.
func million(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	j, _ := mustOpen(b, Options{Dir: dir})
	facts := burst(10_000)
	for range 100 {
		drain(j)
		if err := j.Append(b.Context(), slices.Clone(facts)); err != nil {
			b.Fatal(err)
		}
	}
	closeJournal(b, j)
	return dir
}

// BenchmarkOpen is a start with 1,000,000 facts on disk: after a checkpoint that
// leaves 1000 to replay, and without any.
func BenchmarkOpen(b *testing.B) {
	dir := million(b)
	replay := func(b *testing.B, wanted int) {
		for b.Loop() {
			j, r, err := Open(Options{Dir: dir})
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for _, err := range r.Facts {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != wanted || len(r.Damage) > 0 {
				b.Fatalf("%d facts, want %d; %v", n, wanted, r.Damage)
			}
			closeJournal(b, j)
		}
	}
	b.Run("no checkpoint", func(b *testing.B) { replay(b, 1_000_000) })
	j, _ := mustOpen(b, Options{Dir: dir})
	checkpoint(b, j, 999_000, "state")
	closeJournal(b, j)
	b.Run("checkpoint", func(b *testing.B) { replay(b, 1000) })
}
