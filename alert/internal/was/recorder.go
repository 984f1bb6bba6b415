package was

import "context"

// recorder stamps facts and makes them durable, a burst at a time. It is the only
// one that appends to the journal.
type recorder struct {
	loop  *Loop
	clock clock
	stop  chan struct{} // closed when nothing more will be sent but what is in the inbox
	done  chan struct{} // closed when all of it is recorded
	lost  int           // facts that could not be made durable since the journal broke
}

func (r *recorder) run() {
	defer close(r.done)
	for {
		select {
		case f := <-r.loop.inbox:
			r.record(r.burst(f))
		case <-r.stop:
			r.rest()
			return
		}
	}
}

// rest records what is still in the inbox.
func (r *recorder) rest() {
	for {
		select {
		case f := <-r.loop.inbox:
			r.record(r.burst(f))
		default:
			return
		}
	}
}

// burst gathers what is waiting behind the first fact, without waiting for more.
func (r *recorder) burst(first Fact) []Fact {
	batch := append(make([]Fact, 0, min(MaxBatch, 1+len(r.loop.inbox))), first)
	for len(batch) < MaxBatch {
		select {
		case f := <-r.loop.inbox:
			batch = append(batch, f)
		default:
			return batch
		}
	}
	return batch
}

// record makes a burst durable. When the journal cannot take it people are told
// all the same: the facts are spilled into the state, and a checkpoint keeps them
// as soon as the journal works again. An alert nobody could repeat after a crash
// is better than none.
func (r *recorder) record(batch []Fact) {
	now := r.clock.now()
	for k := range batch {
		batch[k].Time = now
	}
	err := r.loop.Journal.Append(context.Background(), batch)
	switch {
	case err == nil && r.lost > 0:
		r.loop.Log.Info("journal works again", "spilled", r.lost)
		r.lost = 0
	case err != nil:
		if r.lost == 0 {
			r.loop.Log.Error("cannot write journal, going on without", "err", err)
		}
		r.lost += len(batch)
		r.loop.spilled <- batch
	}
}
