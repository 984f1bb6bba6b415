// Package notify is what the channels to people have in common, and the two simplest of
// them: Console and Exec. Mail is package mail below, what speaks HTTP package web. Each
// channel satisfies alert.Notifier.
//
//	alert.Dispatch -> Console ------------------------------> terminal, log file
//	alert.Dispatch -> Exec -> Payload as JSON --------------> program
//	alert.Dispatch -> mail.Mailer -> letter -> session -----> relay
//	alert.Dispatch -> web.Webhook, Slack, ... -> web.Web ---> peer
//
// # Promises
//
//   - The same notice is the same letter, byte for byte and with the same
//     Message-ID, on every attempt and after every restart; only a letter that
//     goes out late says so in its first line. So a repeat can be recognised.
//   - Nothing a checked server wrote reaches a header, a terminal or an SMTP
//     command as anything but printable text on its line.
//   - It calls nobody in a chat, shows no link that leads elsewhere, and makes no
//     text longer than the service takes.
//   - An error is marked alert.Permanent only when the peer refused this very
//     notice. Whatever an operator can mend (a certificate, a password, a relay
//     that is away) is tried again.
//   - A password is sent to a relay over TLS with a verified certificate or not at
//     all. No secret stands in an error, a log or a trace, also when the peer
//     repeats it.
//   - A redirect is followed on the same host only, and only with the notice in it.
//   - A peer that stalls, trickles or floods costs a bounded time and memory.
//
// # Goroutines
//
// None outlives a call of Notify, but for the timer that ends a connection which
// mail.Mailer holds for the next notice; Close ends it, too. Within a call the end of ctx
// closes the connection (context.AfterFunc), and a timer bounds the farewell. Exec's
// programs are ended with their children when they take too long; what a program leaves
// behind when it ends by itself is not waited for.
//
// # It does not
//
// decide when to try again, keep a queue or remember an attempt:
// package outbox does, from facts. Nor does it keep a connection over HTTP: one that went stale
// between two notices could not be told from a peer that has the notice.
package notify
