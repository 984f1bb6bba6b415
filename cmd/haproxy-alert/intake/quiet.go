package intake

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"haproxy-alert/alert/loop"
)

// MaxSources is how many senders are listened for; the silence of further ones is not
// noticed, and that is logged once.
const MaxSources = 1000

// ears notice when a sender from whom lines used to come falls silent. Any line counts,
// traffic too: a HAProxy without traffic and without trouble says nothing for days.
type ears struct {
	loop  *loop.Loop
	log   *slog.Logger
	quiet time.Duration // how long is too long; 0: never

	mu   sync.RWMutex
	last map[netip.Addr]*atomic.Int64 // when the sender was last heard, in unix ns
	read map[string]*atomic.Int64     // and when a line was last read from a file
	full bool                         // MaxSources was reached, and said
	deaf map[string]bool              // what was told; only run uses it
}

func newEars(loop *loop.Loop, quiet time.Duration, log *slog.Logger) *ears {
	e := &ears{loop: loop, log: log, quiet: quiet, last: map[netip.Addr]*atomic.Int64{}, read: map[string]*atomic.Int64{}, deaf: map[string]bool{}}
	for _, source := range loop.State.Blind() {
		e.deaf[source] = true
	}
	return e
}

// hear notes that lines came. It is on the way of every read that a receiver makes, and
// costs nothing but a look at quiet when nobody wants to know.
func (e *ears) hear(peer netip.Addr) {
	if e.quiet <= 0 {
		return
	}
	e.mu.RLock()
	at := e.last[peer]
	e.mu.RUnlock()
	if at == nil {
		at = e.meet(peer)
	}
	if at != nil {
		at.Store(time.Now().UnixNano())
	}
}

// file returns where to note, in unix ns, when a line was last read from a file.
func (e *ears) file(path string) *atomic.Int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.read[path] = new(atomic.Int64)
	return e.read[path]
}

func (e *ears) meet(peer netip.Addr) *atomic.Int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch at := e.last[peer]; {
	case at != nil:
		return at
	case len(e.last) >= MaxSources:
		if !e.full {
			e.log.Error("more senders than are listened for, the silence of others is not noticed", "max", MaxSources)
		}
		e.full = true
		return nil
	}
	at := new(atomic.Int64)
	e.last[peer] = at
	return at
}

// Run tells of silence, and of its end, until ctx ends.
func (e *ears) Run(ctx context.Context) {
	if e.quiet <= 0 {
		return
	}
	tick := time.NewTicker(max(e.quiet/10, 10*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			for source, at := range e.heard() {
				e.tell(ctx, source, at, now.Sub(at) >= e.quiet)
			}
		}
	}
}

// heard returns when each sender was last heard.
func (e *ears) heard() map[string]time.Time {
	e.mu.RLock()
	defer e.mu.RUnlock()
	all := map[string]time.Time{}
	for peer, at := range e.last {
		name := "unix socket"
		if peer.IsValid() {
			name = peer.String()
		}
		if t := time.Unix(0, at.Load()); t.After(all[name]) {
			all[name] = t
		}
	}
	for path, at := range e.read {
		if ns := at.Load(); ns > 0 {
			all[path] = time.Unix(0, ns)
		}
	}
	return all
}

func (e *ears) tell(ctx context.Context, source string, last time.Time, silent bool) {
	if silent == e.deaf[source] {
		return
	}
	if err := e.loop.Quiet(ctx, source, last, !silent); err == nil {
		e.deaf[source] = silent
	}
}
