// Package loop is the shell around the fold: it records facts, applies what is durable to
// the engine.State, and hands out what is due.
//
//	Observe, Operate ... -> recorder -> Journal -> worker (State.Apply, State.Due) -> Notifiers
//	                           ^                                                       |
//	                           +------ delivered, failed, refused, gave up ------------+
//
// # Promises
//
//   - A fact is durable before it changes the state; see alert.Journal for the one
//     exception, a broken disk, which is said aloud.
//   - Notices of a channel go out one at a time; the next waits until the fact of the one
//     before is applied.
//
// # Goroutines
//
// Loop.Run starts the recorder, which stamps facts and owns Journal.Append, and
// runs the loop, which owns State; and one goroutine for each notice in flight.
// All have ended when Run returns. They share nothing but channels; who wants to look at
// the state has the loop call a function, see Loop.Ask.
package loop
