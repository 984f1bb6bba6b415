// Package notify carries notices to people: each type here is one channel and
// satisfies alert.Notifier.
//
//	alert.Dispatch -> Console ----------------------------------> terminal, log file
//	alert.Dispatch -> Mailer -> letter (one fixed sequence of bytes)
//	                              -> session (one SMTP dialogue) -> relay
//
// # Promises
//
//   - The same notice is the same letter, byte for byte and with the same
//     Message-ID, on every attempt and after every restart; only a letter that
//     goes out late says so in its first line. So a repeat can be recognised.
//   - Nothing a checked server wrote reaches a header, a terminal or an SMTP
//     command as anything but printable text on its line.
//   - An error is marked alert.Permanent only when the relay refused this very
//     mail. Whatever an operator can mend (a certificate, a password, a relay
//     that is away) is tried again.
//   - A password is sent over TLS with a verified certificate or not at all,
//     and stands in no error and no log.
//   - A peer that stalls, trickles or floods costs a bounded time and memory.
//
// # Goroutines
//
// None outlives a call of Notify, but for the timer that ends a connection which
// Mailer.Keep holds for the next notice; Close ends it, too. Within a call the end of ctx
// closes the connection (context.AfterFunc), and a timer bounds the farewell.
//
// # It does not
//
// It does not decide when to try again, keep a queue or remember an attempt:
// package alert does, from facts.
//
// It does not use the Send functions or the Pool of jordan-wright/email, which
// composes the letters: they know no deadline and wait for ever on a mute
// server, SendWithStartTLS goes on in clear and without AUTH when a relay
// offers neither, and one refused recipient fails all the others.
package notify
