package interop_test

import (
	"os"
	"testing"
	"time"
)

// A faultsPlan is how long a fault campaign is.
type faultsPlan struct {
	notices, kills int
	lasts          time.Duration
}

// faultyTimeout is what the daemon gives each step of a dialogue, silence being one of the
// faults.
const faultyTimeout = 3 * time.Second

// planOfFaults is the short one, unless FAULTS=full asks for that of `make faults`.
func planOfFaults() faultsPlan {
	if os.Getenv("FAULTS") == "full" {
		return faultsPlan{1000, 10, 5 * time.Minute}
	}
	return faultsPlan{80, 3, 25 * time.Second}
}

// TestKill9Faults sends notices through a relay that misbehaves at random, at every step
// of the dialogue, while the daemon is killed with kill -9 at random moments. Every
// outage and every end must have been told, in order, in its thread; a mail comes twice
// only where a kill, or the relay's own silence after the dot, hid that it was taken.
func TestKill9Faults(t *testing.T) {
	plan := planOfFaults()
	c := newCampaign(t, startPostfix(t))
	c.relay.weather.Store(newWeather(c.rng))
	c.config = daemonConfig{
		Journal: c.journal, GroupWait: 50 * time.Millisecond, Relay: c.relay.addr,
		TCPPort: freePort(t).Port(), Timeout: faultyTimeout,
	}.write(t)
	begin := time.Now()
	for kill := range plan.kills {
		d := c.live(t)
		c.forwarder.send(false)
		c.rain(plan.notices*(kill+1)/(plan.kills+1), begin.Add(plan.lasts*time.Duration(kill+1)/time.Duration(plan.kills+1)))
		c.kill(t, d)
		t.Logf("kill %2d after %v: %d notices wanted, %d mails", kill+1, time.Since(begin).Round(time.Second),
			len(c.storm.want), len(c.mx.newMail()))
	}
	d := c.live(t)
	c.forwarder.send(false)
	c.rain(plan.notices, begin.Add(plan.lasts))
	d.stop(t)
	c.forwarder.settle(t, c.journal)
	c.relay.weather.Load().clear()
	c.finish(t)

	v := judge(c.storm.want, c.mx.letters(t))
	hidden, struck := c.relay.weather.Load().counts()
	t.Logf("fault campaign: %v, %d kills, faults %v, %d notices, %d mails, %d lost, %d out of order, %d repeated, %d taken by the relay without a word",
		time.Since(begin).Round(time.Second), plan.kills, struck, len(c.storm.want), len(c.mx.letters(t)), len(v.lost), len(v.disordered), v.repeated, hidden)
	v.report(t)
	if v.repeated > plan.kills+hidden {
		t.Errorf("%d mails came twice, want at most one for each of %d kills and %d mails taken without a word", v.repeated, plan.kills, hidden)
	}
}

// rain has servers go and come back until so many notices are wanted, spread over the
// time that is left.
func (c *campaign) rain(until int, end time.Time) {
	for len(c.storm.want) < until {
		left := until - len(c.storm.want)
		wait(min(time.Second, max(0, time.Until(end))/time.Duration(left)))
		c.storm.turn()
		c.forwarder.more()
	}
}
