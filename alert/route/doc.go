// Package route decides who hears of what: routes, levels and silences.
//
// A Router is asked about a Subject, what a notice is about, and answers with an Outcome:
// the channels, or the rule that keeps it back. It also says how long to wait for what,
// and keeps the silences of the running daemon.
//
// # Promises
//
//   - It reads only its policy and its silences: the same question has the same answer.
//   - Channels come in the order of the policy; a channel that left it is never named.
package route
