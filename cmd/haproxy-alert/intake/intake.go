package intake

import (
	"log/slog"
	"net/netip"
	"sync"
	"time"
)

const (
	// patientShare is the part of the backlog's size that lines of streams may
	// take beside it: their senders can wait, and keep what a crash of ours would lose. Lines
	// of followed files do not come by here: they are read when there is room for them.
	patientShare = 8
	// incomingOverhead is what a line takes beside its bytes.
	incomingOverhead = 128
	// keptRoom is how many places for lines are kept when they are empty.
	keptRoom = 4096
)

// incoming is a line that may be about health, as it came.
type incoming struct {
	data     []byte
	cut      bool
	patient  bool // its sender can wait
	peer     netip.Addr
	listener string
	at       time.Time
}

func (l *incoming) size() int { return len(l.data) + incomingOverhead }

// intake keeps lines between those who receive them and the one who reads them, so that
// no slow disk and no storm keeps a datagram socket from being read. When there is no
// room left, who brings a line waits.
type intake struct {
	limit int // bytes of lines whose senders cannot wait
	log   *slog.Logger

	mu     sync.Mutex
	came   sync.Cond // a line came, or the last one has
	room   sync.Cond // there is room again for who cannot wait
	spare  sync.Cond // and for who can
	lines  []incoming
	bytes  map[bool]int // of lines that came and were not read yet, by whether they are patient
	full   int          // how often a socket could not be read
	closed bool
}

func newIntake(limit int, log *slog.Logger) *intake {
	in := &intake{limit: limit, log: log, bytes: map[bool]int{}}
	in.came.L, in.room.L, in.spare.L = &in.mu, &in.mu, &in.mu
	return in
}

// put takes a line in, as soon as there is room for it. The line's time is then.
func (in *intake) put(r incoming) {
	limit := in.limit
	if r.patient {
		limit /= patientShare
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for waited := false; in.bytes[r.patient] > 0 && in.bytes[r.patient]+r.size() > limit; waited = true {
		if !waited && !r.patient {
			in.tellFull()
		}
		in.freed(r.patient).Wait()
	}
	r.at = time.Now() // here, so that times are in the order of the lines
	in.lines = append(in.lines, r)
	in.bytes[r.patient] += r.size()
	in.came.Signal()
	in.freed(r.patient).Signal() // there may be room for another one who waits
}

// freed is what wakes those who wait for room.
func (in *intake) freed(patient bool) *sync.Cond {
	if patient {
		return &in.spare
	}
	return &in.room
}

// tellFull says so at the first time and at each doubling.
func (in *intake) tellFull() {
	in.full++
	if in.full&(in.full-1) == 0 {
		in.log.Error("health lines come faster than they can be recorded and backlog is full: the kernel will drop lines",
			"backlog", in.limit, "count", in.full)
	}
}

// take returns the lines that came, in their order, as soon as there are any; none means
// that there will be no more. The caller says of each when it was read, by done, and
// gives the room back at the next call.
func (in *intake) take(room []incoming) []incoming {
	if cap(room) > keptRoom {
		room = nil
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.lines) == 0 && !in.closed {
		in.came.Wait()
	}
	lines := in.lines
	in.lines = room[:0]
	return lines
}

// done makes room for others. One of those who wait is woken, and wakes the next where there
// is room for more: all of them at once would be a crowd for each line.
func (in *intake) done(r *incoming) {
	in.mu.Lock()
	in.bytes[r.patient] -= r.size()
	in.mu.Unlock()
	in.freed(r.patient).Signal()
	*r = incoming{}
}

// Close says that no more lines will be put.
func (in *intake) Close() {
	in.mu.Lock()
	in.closed = true
	in.mu.Unlock()
	in.came.Signal()
}

// waiting returns how many bytes of lines were not read yet.
func (in *intake) waiting() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.bytes[false] + in.bytes[true]
}
