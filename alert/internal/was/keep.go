package was

import (
	"context"
	"time"
)

// Keeper is a Notifier whose peer forgets what it is not reminded of, as Alertmanager
// does at a restart. Keep is called every KeepEvery, and at the start, with all that is
// open and was told on the channel, which may be nothing; never while a notice is on its way there or waits
// for it, so it cannot bring back what a notice ends.
type Keeper interface {
	Notifier
	Keep(ctx context.Context, open []Part) error
	KeepEvery() time.Duration
}

// keepAgain is how soon Keep is called again after it failed, if it is not called sooner.
const keepAgain = 10 * time.Second

// keeping is when each Keeper is to be called next. The worker owns it.
type keeping struct {
	next   map[string]time.Time
	every  map[string]time.Duration
	failed map[string]bool
	done   chan kept // has room for one of each channel
}

type kept struct {
	channel string
	err     error
}

func newKeeping(channels int) keeping {
	return keeping{next: map[string]time.Time{}, every: map[string]time.Duration{}, failed: map[string]bool{}, done: make(chan kept, channels)}
}

// keep calls the keepers whose time has come, and returns when the next one's does; zero
// when there are none.
func (w *worker) keep(now time.Time) (next time.Time) {
	for name, n := range w.loop.Notifiers {
		k, ok := n.(Keeper)
		if !ok {
			continue
		}
		if !w.keeping.next[name].After(now) && !w.busy[name] && w.loop.State.waits(name) == 0 {
			w.keeping.every[name] = k.KeepEvery()
			w.keeping.next[name] = now.Add(k.KeepEvery())
			w.busy[name] = true
			w.delivery.keep(name, k, w.loop.State.Told(name))
		}
		if at := w.keeping.next[name]; at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

// hasKept takes note of how a call of Keep ended.
func (w *worker) hasKept(k kept) {
	delete(w.busy, k.channel)
	log := w.loop.Log.With("channel", k.channel)
	switch failed := w.keeping.failed[k.channel]; {
	case k.err != nil:
		w.keeping.next[k.channel] = w.clock.now().Add(min(keepAgain, w.keeping.every[k.channel]))
		if !failed {
			log.Warn("cannot remind the channel of what is open, will try again", "err", k.err)
		}
	case failed:
		log.Info("reminded the channel of what is open")
	}
	w.keeping.failed[k.channel] = k.err != nil
}

// keep reminds a channel. It records no fact: it changes nothing that anybody knows.
func (y *delivery) keep(name string, k Keeper, open []Part) {
	y.wg.Go(func() { y.kept <- kept{name, k.Keep(y.ctx, open)} })
}
