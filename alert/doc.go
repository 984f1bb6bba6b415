// Package alert decides what people are told. Health lines come in as facts,
// notices go out, and everything between is a fold:
//
//	Event -> Fact -> Journal -> State.Apply -> incidents
//	                                 |
//	              State.Due(now) -> Dispatch -> Notifier -> Fact (delivered, failed ...)
//
// State is the fold. It has no clock, no goroutine and no I/O: Apply takes the
// time from the fact, Due takes it as an argument. So a restart is a replay, and
// Replay runs old logs through the very code that Loop runs live.
//
// # Promises
//
//   - A fact is durable before it changes the state; see Journal for the one
//     exception, a broken disk, which is said aloud.
//   - Notices of a channel go out in the order of the events that made them, one
//     in flight; the next waits until the fact of the one before is applied.
//   - The same facts give the same notices with the same ids, whenever and
//     however often they are applied: a repeated mail is recognisable.
//   - What may grow is bounded: MaxServers, MaxLines, MaxQueue. What is cut is
//     counted; of what waits for a channel nothing is dropped, it is told in one.
//   - What a channel refuses, gives up or cannot be told is told through the others.
//
// # Catching up
//
// What waits for a channel may become one notice only while none of it can be on its
// way. State does not know what is in flight; it knows that only the first of a queue
// ever is, and that a first one with a Next goes out only after a fact as late as that
// (see State.attempt). So live, restart and replay join the same. An outage and its end
// take the place of the end; a surplus, which is a stretch of the queue, that of all.
//
// # Goroutines
//
// Loop.Run starts the recorder, which stamps facts and owns Journal.Append, and
// runs the loop, which owns State; and one goroutine for each notice in flight.
// All have ended when Run returns. They share nothing but channels; who wants to look at
// the state has the loop call a function, see Loop.Ask.
//
// # It does not
//
// open anything: sockets, files, mail and clocks are handed in.
package alert
