// Package engine is the fold: State takes facts, one after the other, through the machines
// that decide what people are told.
//
//	fact -> dedup: a copy? -> health, incident -> group -> message -> outbox -> Plan
//
// State.Apply is that way on one screen. State has no clock, no goroutine and no I/O:
// Apply takes the time from the fact, Due takes it as an argument. So a restart is a
// replay, and Replay runs old logs through the very code that package loop runs live.
//
// # Promises
//
//   - State changes only by Apply; all else only reads.
//   - The same facts give the same notices with the same ids, whenever and however often
//     they are applied: a repeated mail is recognisable.
//   - Checkpoint and Restore are exact: what follows is the same as without them. A
//     checkpoint of the version before is read, too.
//   - What may grow is bounded; what a bound cuts off is counted in Overflow.
package engine
