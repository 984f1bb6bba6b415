package follow

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"haproxy-alert/syslog"
	"haproxy-alert/syslog/internal/sample"
)

// Lines that are followed cost nothing, but for the read.
func TestFollowAllocatesNothing(t *testing.T) {
	s := newScript(t)
	const lines = 2000
	s.write(1)()
	s.append(s.path, strings.Repeat(s.text()+"\n", lines))
	given := 0
	f, err := Config{Path: s.path, From: FromBegin}.Open()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	f.pause = func(context.Context, time.Duration) error { stop(); return ctx.Err() }
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := f.Run(ctx, func(t *Record) { given += min(1, len(t.Data)) }); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if allocs := after.Mallocs - before.Mallocs; given != lines+1 || allocs > lines/4 {
		t.Errorf("%d lines, %d allocations", given, allocs)
	}
}

// BenchmarkFollow is what a line of traffic costs beside the reading of the file.
func BenchmarkFollow(b *testing.B) {
	path := filepath.Join(b.TempDir(), "haproxy.log")
	line := "Nov 21 07:38:02 lb1 haproxy[6700]: " + sample.Traffic + "\n"
	if err := os.WriteFile(path, []byte(strings.Repeat(line, 100_000)), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(100_000 * int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := Config{Path: path, From: FromBegin}.Open()
		if err != nil {
			b.Fatal(err)
		}
		ctx, stop := context.WithCancel(b.Context())
		f.pause = func(context.Context, time.Duration) error { stop(); return ctx.Err() }
		var peeler syslog.Decoder
		health := 0
		if err := f.Run(ctx, func(t *Record) { health += min(0, len(peeler.Body(t.Data))) }); err != nil {
			b.Fatal(err)
		}
	}
}
