// Package outbox is what waits for each channel: order, attempts, back-off, rate, and what
// the others are told of a channel in trouble.
//
// Notices go in by Enqueue, once for each channel that is to be told. Plan says which
// notice of which channel goes out now; Take hears what became of it. One notice of a
// channel is on its way at a time, always the first.
//
// # Catching up
//
// What waits for a channel may become one notice only while none of it can be on its
// way. The outbox does not know what is in flight; it knows that only the first of a queue
// ever is, and that a first one with a Next goes out only after a fact as late as that
// (see Outbox.attempt). So live, restart and replay join the same. An outage and its end
// take the place of the end; a surplus, which is a stretch of the queue, that of all.
//
// # Promises
//
//   - Notices of a channel go out in the order in which they came in.
//   - Nothing that waits is dropped: more than a channel's rate, or than alert.MaxQueue, is
//     told in one notice, in which each is named or counted.
//   - What a channel refuses, gives up or cannot be told is told through the others.
//   - The waits between attempts hang on the notice and the attempt alone.
package outbox
