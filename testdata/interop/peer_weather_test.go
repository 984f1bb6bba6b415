package interop_test

import (
	"io"
	"math/rand/v2"
	"sync"
	"time"
)

// atGreeting is the step before the relay has said a word.
const atGreeting step = "greeting"

// weather makes a relay misbehave at random: a few dialogues in fair weather, all of
// them in foul. The nil weather is always fair.
type weather struct {
	mu   sync.Mutex
	rng  *rand.Rand
	fair bool      // for good
	turn time.Time // when it changes next
	foul bool
	// hidden counts the mails that the server took while the client was not told, or
	// may not have waited for its answer.
	hidden int
	struck map[string]int // by fault
}

func newWeather(rng *rand.Rand) *weather {
	return &weather{rng: rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64())), struck: map[string]int{}}
}

// answered notes how long the server took to take a mail: on a busy machine that may be
// longer than the client waits.
func (w *weather) answered(took time.Duration) {
	if w == nil || took < faultyTimeout/3 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hidden++
}

// clear ends all faults.
func (w *weather) clear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fair = true
}

func (w *weather) counts() (hidden int, struck map[string]int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.hidden, w.struck
}

// faults are what a relay may do at a step instead of going on; each ends the dialogue
// or, as slow does, lets it go on.
var faults = []struct {
	name string
	do   func(d *dialogue, wait time.Duration) (end bool)
}{
	{"drop", func(*dialogue, time.Duration) bool { return true }},
	{"451", func(d *dialogue, _ time.Duration) bool { return says(d, "451 4.7.1 Greylisted, try again later\r\n") }},
	{"452", func(d *dialogue, _ time.Duration) bool {
		return says(d, "452-4.2.2 Mailbox full\r\n452 4.2.2 over quota\r\n")
	}},
	{"421", func(d *dialogue, _ time.Duration) bool { return says(d, "421 4.3.2 Service shutting down\r\n") }},
	{"garbage", func(d *dialogue, _ time.Duration) bool { return says(d, "\x00\xff\x1b[2J 2x50 hello\r\n\r\n") }},
	{"silence", func(d *dialogue, _ time.Duration) bool {
		_, _ = io.Copy(io.Discard, d.fromClient)
		return true
	}},
	{"slow", func(_ *dialogue, d time.Duration) bool { wait(d); return false }},
}

func says(d *dialogue, text string) (end bool) {
	send(d.client, text)
	return true
}

// strike draws a fault at a step; end says that the dialogue is over.
func (w *weather) strike(s step, d *dialogue) (end bool) {
	if w == nil || s == "QUIT" || s == "RSET" {
		return false
	}
	w.mu.Lock()
	k, long, hit := w.draw()
	if hit {
		w.struck[faults[k].name]++
	}
	if hit && s == atAnswer && faults[k].name != "slow" {
		w.hidden++
	}
	w.mu.Unlock()
	return hit && faults[k].do(d, long)
}

// steps is how many steps a dialogue has at which something can happen.
const steps = 7

func (w *weather) draw() (fault int, long time.Duration, hit bool) {
	if now := time.Now(); now.After(w.turn) {
		w.foul = !w.foul && !w.turn.IsZero()
		w.turn = now.Add(2*time.Second + time.Duration(w.rng.Int64N(int64(3*time.Second))))
		if !w.foul {
			w.turn = w.turn.Add(15 * time.Second)
		}
	}
	chance := 0.12 / steps
	if w.foul {
		chance = 0.5
	}
	hit = !w.fair && w.rng.Float64() < chance
	return w.rng.IntN(len(faults)), time.Duration(w.rng.Int64N(int64(300 * time.Millisecond))), hit
}
