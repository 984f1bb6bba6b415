package loop

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"haproxy-alert/alert"
)

// delivery carries notices out, one at a time for each channel, and reports what
// came of it as facts.
type delivery struct {
	loop   *Loop
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	resent chan<- outcome
}

// newDelivery outlives ctx: what is in flight when ctx ends has StopGrace to come
// to its end.
func newDelivery(ctx context.Context, l *Loop) *delivery {
	d := &delivery{loop: l}
	d.ctx, d.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return d
}

// finish waits for what is in flight, for StopGrace at the most.
func (y *delivery) finish() {
	timer := time.AfterFunc(StopGrace, y.cancel)
	y.wg.Wait()
	timer.Stop()
	y.cancel()
}

func (y *delivery) send(d alert.Dispatch) {
	y.wg.Go(func() {
		n := y.loop.Notifiers[d.Channel]
		if n == nil {
			y.report(d, alert.Receipt{}, alert.Permanent(fmt.Errorf("send notice: no channel %q", d.Channel)))
			return
		}
		receipt, err := n.Notify(y.ctx, d)
		y.report(d, receipt, err)
	})
}

func (y *delivery) giveUp(d alert.Dispatch) {
	y.wg.Go(func() {
		y.loop.Log.Error("gave up on notice", "channel", d.Channel, "notice", d.Notice.ID,
			"subject", d.Notice.Subject, "after", alert.Duration(d.Delay))
		y.record(alert.Fact{Kind: alert.GaveUp, Channel: d.Channel, Notice: d.Notice.ID, Error: "waited " + alert.Duration(d.Delay)})
	})
}

// report turns the outcome of an attempt into a fact.
func (y *delivery) report(d alert.Dispatch, r alert.Receipt, err error) {
	f := alert.Fact{Kind: alert.Delivered, Channel: d.Channel, Notice: d.Notice.ID, Done: r.Done, Error: r.Refused}
	if err != nil {
		f.Kind, f.Error = alert.Failed, strings.ToValidUTF8(err.Error(), "�")
		if later, ok := errors.AsType[alert.Delayer](err); ok {
			f.Wait = later.RetryAfter()
		}
		// When we are stopping the peer did nothing wrong: the next start repeats.
		if alert.IsPermanent(err) && y.ctx.Err() == nil {
			f.Kind = alert.Refused
		}
	}
	y.log(d, f)
	y.record(f)
}

// log tells an operator what is new: an attempt that failed like the one before
// is logged at each doubling only, so that a dead relay does not fill the log.
func (y *delivery) log(d alert.Dispatch, f alert.Fact) {
	log := y.loop.Log.With("channel", d.Channel, "notice", d.Notice.ID, "subject", d.Notice.Subject, "attempt", d.Attempt)
	switch {
	case f.Kind == alert.Refused:
		log.Error("notice refused for good", "err", f.Error)
	case f.Kind == alert.Failed && d.Attempt&(d.Attempt-1) == 0:
		log.Warn("cannot send notice, will try again", "err", f.Error)
	case f.Kind == alert.Failed:
		log.Debug("cannot send notice, will try again", "err", f.Error)
	case f.Error != "":
		log.Error("notice delivered, but some recipients were refused for good", "err", f.Error)
	default:
		log.Info("notice delivered")
	}
}

// tick records that time has passed. The recorder stamps it after all that is on its
// way, so what it flushes is complete.
func (y *delivery) tick() { y.wg.Go(func() { y.record(alert.Fact{Kind: alert.Operator}) }) }

func (y *delivery) record(f alert.Fact) { y.loop.inbox <- f }
