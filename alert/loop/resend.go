package loop

import (
	"time"

	"haproxy-alert/alert"
)

// resendAgain is how soon ResendOpen is called again after it failed, if it is not called sooner.
const resendAgain = 10 * time.Second

// resends is when each Resender is to be called next. The worker owns it.
type resends struct {
	next   map[string]time.Time
	every  map[string]time.Duration
	failed map[string]bool
	done   chan outcome // has room for one of each channel
}

type outcome struct {
	channel string
	err     error
}

func newResends(channels int) resends {
	return resends{next: map[string]time.Time{}, every: map[string]time.Duration{}, failed: map[string]bool{}, done: make(chan outcome, channels)}
}

// resend calls the resenders whose time has come, and returns when the next one's does; zero
// when there are none.
func (w *worker) resend(now time.Time) (next time.Time) {
	for name, n := range w.loop.Notifiers {
		k, ok := n.(alert.Resender)
		if !ok {
			continue
		}
		if !w.resends.next[name].After(now) && !w.busy[name] && w.loop.State.Waits(name) == 0 {
			w.resends.every[name] = k.ResendEvery()
			w.resends.next[name] = now.Add(k.ResendEvery())
			w.busy[name] = true
			w.delivery.resend(name, k, w.loop.State.Told(name))
		}
		if at := w.resends.next[name]; at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

// resent takes note of how a call of ResendOpen ended.
func (w *worker) resent(o outcome) {
	delete(w.busy, o.channel)
	log := w.loop.Log.With("channel", o.channel)
	switch failed := w.resends.failed[o.channel]; {
	case o.err != nil:
		w.resends.next[o.channel] = w.clock.now().Add(min(resendAgain, w.resends.every[o.channel]))
		if !failed {
			log.Warn("cannot remind the channel of what is open, will try again", "err", o.err)
		}
	case failed:
		log.Info("reminded the channel of what is open")
	}
	w.resends.failed[o.channel] = o.err != nil
}

// resend reminds a channel. It records no fact: it changes nothing that anybody knows.
func (y *delivery) resend(name string, k alert.Resender, open []alert.Part) {
	y.wg.Go(func() { y.resent <- outcome{name, k.ResendOpen(y.ctx, open)} })
}
