package logs

import (
	"context"
	"errors"
	"io"
	"iter"
	"runtime"

	"haproxy-alert/syslog/logfile"
)

// queue reads several logs, one after another as far as anyone can see. It begins
// with as many at once as there are processors: what decompresses the second works
// while the first is being told. How much each may be ahead is bounded (logfile.Scanner).
type queue struct {
	ctx   context.Context
	stdin io.Reader
	names []string
	sift  func(context.Context, *logfile.File) (*logfile.Scanner, error)

	begun []opened // of names, the first so many
	ended int      // of begun, those that are closed
}

// opened is a log of the queue, or why there is none.
type opened struct {
	sifted
	err error
}

// sifted is a log of which what matters is being sifted out.
type sifted struct {
	name  string
	log   *logfile.File
	sieve *logfile.Scanner
}

// logs yields the logs in their order; each is closed when the next is asked for.
func (q *queue) logs() iter.Seq2[sifted, error] {
	return func(yield func(sifted, error) bool) {
		for i := range q.names {
			for len(q.begun) < min(len(q.names), i+runtime.GOMAXPROCS(0)) {
				q.begun = append(q.begun, q.open(q.names[len(q.begun)]))
			}
			if !yield(q.begun[i].sifted, q.begun[i].err) {
				return
			}
			q.begun[i].close()
			q.ended = i + 1
		}
	}
}

func (q *queue) open(name string) opened {
	log, err := logfile.Open(name, q.stdin)
	if err != nil {
		return opened{err: err}
	}
	sieve, err := q.sift(q.ctx, log)
	if err != nil {
		return opened{err: errors.Join(err, log.Close())}
	}
	return opened{sifted: sifted{name, log, sieve}}
}

// close closes what is open.
func (q *queue) close() {
	for _, o := range q.begun[q.ended:] {
		o.close()
	}
}

// close ends the reading. A file that was only read closes without a fault; stdin
// may still be read from, until its writer or the program ends.
func (o opened) close() {
	if o.log != nil {
		o.sieve.Close()
		if o.name != "-" {
			_ = o.log.Close()
		}
	}
}
