// Package alert is the vocabulary of the core: what happened, what people are told, and
// what is handed in.
//
// A Fact is one thing that happened, as the journal keeps it; an Incident is one outage or
// one stretch of planned work; a Notice is one message to people, a Dispatch one attempt
// to send it. Policy, Route, Silence and Match are what the operator decides. Journal and
// Notifier are the ports through which facts become durable and notices reach people.
//
// The packages below are the steps of a fact's way, and import one way only, each from
// those before it:
//
//	dedup     is this line a copy that came another way
//	health    what each load balancer says of each server
//	incident  what happened, and what belongs together
//	route     who hears of what
//	group     when, together with what, in which conversation
//	template  data to words;  message  what is said of an incident
//	outbox    what waits for each channel
//	engine    the fold: State.Apply takes a fact through all of them
//	loop      the goroutines around it
//	journal, notify   facts on disk; channels to people
//
// # Promises
//
//   - Values here are plain: no pointer into a state, no method that does I/O.
//   - What a log line can name is bounded: MaxServers, MaxLines, MaxQueue.
//   - Ids are hashes of what they name, never counters: see Hash.
//
// # It does not
//
// open anything: sockets, files, mail and clocks are handed in.
package alert
