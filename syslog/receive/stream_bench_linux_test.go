package receive

import (
	"bytes"
	"context"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"haproxy-alert/parse"
	"haproxy-alert/syslog"
	"haproxy-alert/testdata/mix"
)

// BenchmarkStream receives mixed lines over real connections, up to the question
// whether each may be a health line. The time is that of the whole, sender and
// kernel in it; cpu-ns/line is what the receiving side alone has used.
func BenchmarkStream(b *testing.B) {
	for _, way := range []struct {
		name, network, format string
		counted               bool
	}{
		{"tcp-counted", "tcp", "rfc5424", true},
		{"tcp-counted-3164", "tcp", "wire", true},
		{"tcp-lines", "tcp", "wire", false},
		{"unix-lines", "unix", "wire", false},
	} {
		b.Run(way.name, func(b *testing.B) {
			stream, lines, truth := mixed(b, way.format, way.counted)
			address := map[string]string{"tcp": "tcp://127.0.0.1:0", "unix": "unix://" + b.TempDir() + "/s"}[way.network]
			r, err := Listener{Address: address}.Open()
			if err != nil {
				b.Fatal(err)
			}
			var candidates atomic.Int64
			ctx, stop := context.WithCancel(b.Context())
			done := make(chan error)
			go func() {
				done <- r.Run(ctx, func(f syslog.Frame) {
					if parse.Candidate(syslog.Body(f.Data)) {
						candidates.Add(1)
					}
				})
			}()
			c, err := net.Dial(r.Addr().Network(), r.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			runtime.GC() // of what made the stream
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			before, sent, rounds := cpu(b, unix.RUSAGE_SELF), time.Duration(0), 0
			for b.Loop() {
				rounds++
				sent += pour(b, c, stream)
				for want := uint64(rounds * lines); r.Stats().Frames < want; {
					time.Sleep(100 * time.Microsecond)
				}
			}
			used := cpu(b, unix.RUSAGE_SELF) - before - sent
			total := float64(rounds * lines)
			b.ReportMetric(float64(used)/total, "cpu-ns/line")
			b.ReportMetric(total/b.Elapsed().Seconds(), "lines/s")
			c.Close()
			stop()
			if err := <-done; err != nil {
				b.Fatal(err)
			}
			if got := int(candidates.Load()); truth == 0 || got < rounds*truth {
				b.Errorf("%d candidates, want %d health lines at least", got, rounds*truth)
			}
		})
	}
}

// mixed makes a stream of some 32 MB and tells how many lines it has, and how many
// of them are about health.
func mixed(b *testing.B, format string, counted bool) (stream []byte, lines, health int) {
	b.Helper()
	var log bytes.Buffer
	truth, err := mix.Load{Bytes: 32 << 20, Clothing: format, Every: 200}.Write(&log)
	if err != nil {
		b.Fatal(err)
	}
	lines = bytes.Count(log.Bytes(), []byte{'\n'})
	if !counted {
		return log.Bytes(), lines, len(truth)
	}
	stream = make([]byte, 0, log.Len()+4*lines)
	for line := range bytes.Lines(log.Bytes()) {
		stream = append(strconv.AppendInt(stream, int64(len(line)-1), 10), ' ')
		stream = append(stream, line[:len(line)-1]...)
	}
	return stream, lines, len(truth)
}

// pour writes the stream as a process of its own would, in writes of 64 KiB from a
// thread of its own, and tells what CPU time that took.
func pour(b *testing.B, c net.Conn, stream []byte) time.Duration {
	b.Helper()
	f, err := c.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	fd := int(f.Fd()) // blocking, from here on
	used := make(chan time.Duration)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		before := cpu(b, unix.RUSAGE_THREAD)
		for len(stream) > 0 {
			n, err := unix.Write(fd, stream[:min(len(stream), 64<<10)])
			if err != nil {
				b.Error(err)
				break
			}
			stream = stream[n:]
		}
		used <- cpu(b, unix.RUSAGE_THREAD) - before
	}()
	return <-used
}

// cpu is the user and system time of a thread or of the process.
func cpu(b *testing.B, who int) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(who, &u); err != nil {
		b.Error(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
