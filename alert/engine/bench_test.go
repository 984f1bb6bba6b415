package engine_test

import (
	"runtime"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/dedup"
)

// BenchmarkFlood folds the flood with the default rules and takes each notice as it
// is due.
func BenchmarkFlood(b *testing.B) {
	f := fullFlood(b)
	b.ReportAllocs()
	for b.Loop() {
		f.listened(flapping())
	}
	b.ReportMetric(float64(b.N*len(f.facts))/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkFloodHeap measures the heap that the state takes at the end of the flood,
// and once nothing is left to be recognised as a copy.
func BenchmarkFloodHeap(b *testing.B) {
	f := fullFlood(b)
	for b.Loop() {
		bare := heap()
		l := f.listened(flapping())
		b.ReportMetric(float64(heap()-bare)/(1<<20), "MiB-at-end")
		for k := range 3 {
			l.hear(heartbeat(b, start.Add(floodLasts+time.Duration(k+1)*2*dedup.CopyWindow)))
		}
		b.ReportMetric(float64(heap()-bare)/(1<<20), "MiB-later")
		runtime.KeepAlive(l)
	}
}

// BenchmarkFloodCheckpoint writes down the state at the end of the flood.
func BenchmarkFloodCheckpoint(b *testing.B) {
	s := fullFlood(b).listened(flapping()).state
	b.ReportAllocs()
	for b.Loop() {
		var n size
		if err := s.Checkpoint(&n); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(n))
	}
}

// size counts bytes.
type size int

func (n *size) Write(b []byte) (int, error) {
	*n += size(len(b))
	return len(b), nil
}

func fullFlood(b *testing.B) *flood {
	b.Helper()
	f := newFlood()
	f.turns(b, floodLines, floodLasts/floodLines)
	return f
}

// heartbeat is a line that says nothing new.
func heartbeat(b *testing.B, at time.Time) alert.Fact {
	b.Helper()
	f := flood{}
	f.log(b, at, "Health check for server be_quiet/s1 succeeded, reason: Layer4 check passed, check duration: 0ms, status: 3/3 UP.")
	return f.facts[0]
}

// heap returns how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
