package interop_test

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"
)

// TestKill9Campaign kills the daemon with kill -9, again and again, while an
// outage storm is on: as it starts, as it receives, between journal and mail, and
// at every step of the SMTP dialogue. After each restart the load balancer's
// forwarder sends again what had not become durable, as forwarders do. In the end
// every outage and every recovery must have been mailed, in order.
func TestKill9Campaign(t *testing.T) {
	c := newCampaign(t, startPostfix(t))
	const laps = 4
	kills := 0
	for range laps {
		for _, k := range c.rng.Perm(len(killPoints)) {
			killPoints[k].strike(t, c)
			kills++
			t.Logf("kill %2d %-24s %3d of %3d lines durable, %3d mails", kills, killPoints[k].name,
				c.forwarder.arrived, len(c.forwarder.lines), len(c.mx.newMail()))
		}
		c.stopOnce(t)
	}
	c.finish(t)

	v := judge(c.storm.want, c.mx.letters(t))
	t.Logf("kill -9 campaign: %d kills, %d lines (%d sent again), %d mails expected, %d lost, %d out of order, %d repeated",
		kills, len(c.forwarder.lines), c.forwarder.again, len(c.storm.want), len(v.lost), len(v.disordered), v.repeated)
	v.report(t)
}

// campaign is what lasts from one life of the daemon to the next.
type campaign struct {
	rng       *rand.Rand
	binary    string
	config    string
	journal   string
	relay     *smtpRelay
	mx        *postfix
	forwarder *forwarder
	storm     *storm
}

func newCampaign(t *testing.T, mx *postfix) *campaign {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	c := &campaign{
		rng: rand.New(rand.NewPCG(seed, seed)), binary: buildDaemon(t), mx: mx, relay: startRelay(t, mx.addr),
		journal: filepath.Join(t.TempDir(), "journal"), forwarder: &forwarder{},
	}
	c.config = daemonConfig{
		Journal: c.journal, GroupWait: 200 * time.Millisecond, Relay: c.relay.addr,
		TCPPort: freePort(t).Port(), // one for all lives: a forwarder knows no other
	}.write(t)
	c.storm = newStorm(c.rng, c.forwarder.log)
	return c
}

// A killPoint is a moment in the daemon's life; strike lives one up to it.
type killPoint struct {
	name   string
	strike func(*testing.T, *campaign)
}

var killPoints = []killPoint{
	{"starting", killStarting},
	{"amid a frame", killAmidFrame},
	{"receiving", killReceiving},
	{"journalled, not mailed", killJournalled},
	{"before EHLO", killAt(atEHLO)},
	{"before MAIL", killAt(atMAIL)},
	{"before RCPT", killAt(atRCPT)},
	{"before DATA", killAt(atDATA)},
	{"before the dot", killAt(atDot)},
	{"mail taken, 250 withheld", killAt(atAnswer)},
	{"mail taken, 250 received", killAt(atAnswered)},
}

func killStarting(t *testing.T, c *campaign) {
	d := spawnDaemon(t, c.binary, c.config)
	wait(c.upTo(200 * time.Millisecond))
	d.alive(t)
	d.Kill()
}

func killAmidFrame(t *testing.T, c *campaign) {
	d := c.live(t)
	c.forwarder.send(true)
	wait(c.upTo(50 * time.Millisecond))
	c.kill(t, d)
}

func killReceiving(t *testing.T, c *campaign) {
	d := c.live(t)
	c.forwarder.send(false)
	wait(c.upTo(5 * time.Millisecond))
	c.kill(t, d)
}

func killJournalled(t *testing.T, c *campaign) {
	d := c.live(t)
	c.forwarder.send(false)
	c.awaitJournal(t, d)
	c.kill(t, d)
}

// killAt lets up to two dialogues pass and kills the daemon at a step of the next. A life
// says EHLO once, for it keeps its connection.
func killAt(s step) func(*testing.T, *campaign) {
	return func(t *testing.T, c *campaign) {
		pass := c.rng.IntN(3)
		if s == atEHLO {
			pass = 0
		}
		sprung, release := c.relay.holdAt(s, pass)
		defer release()
		d := c.live(t)
		c.forwarder.send(false)
		select {
		case <-sprung:
		case <-time.After(patience):
			t.Fatalf("no dialogue came to %s:\n%s", s, d.tail())
		}
		c.kill(t, d)
	}
}

// stopOnce ends one life by SIGTERM, which leaves a checkpoint: the lives after it
// recover from that and the facts since.
func (c *campaign) stopOnce(t *testing.T) {
	t.Helper()
	d := c.live(t)
	c.forwarder.send(false)
	d.stop(t)
	c.forwarder.settle(t, c.journal)
}

// live starts the daemon; meanwhile more servers go and come back.
func (c *campaign) live(t *testing.T) *daemon {
	t.Helper()
	const turns = 6
	for range turns {
		c.storm.turn()
	}
	d := startDaemon(t, c.binary, c.config)
	c.forwarder.connect(t, d.listener(t, "tcp"))
	return d
}

func (c *campaign) kill(t *testing.T, d *daemon) {
	t.Helper()
	d.alive(t)
	d.Kill()
	c.forwarder.settle(t, c.journal)
}

func (c *campaign) awaitJournal(t *testing.T, d *daemon) {
	t.Helper()
	eventually(t, patience, "daemon: all lines in the journal", func() bool {
		d.alive(t)
		return c.forwarder.allDurable(t, c.journal)
	})
}

// upTo returns a random time.
func (c *campaign) upTo(most time.Duration) time.Duration {
	return time.Duration(c.rng.Int64N(int64(most)))
}

// finish lets the storm calm down and waits for the last mail, or until it must
// be taken for lost.
func (c *campaign) finish(t *testing.T) {
	t.Helper()
	d := c.live(t)
	c.storm.calm()
	c.forwarder.send(false)
	c.awaitJournal(t, d)
	const stillness = patience // without a mail: no more will come
	for {
		n := len(c.mx.newMail())
		more := func() bool {
			d.alive(t)
			return len(c.mx.newMail()) > n
		}
		if len(judge(c.storm.want, c.mx.letters(t)).lost) == 0 || !poll(stillness, more) {
			break
		}
	}
	wait(time.Second) // for a mail too many
	d.stop(t)
}
