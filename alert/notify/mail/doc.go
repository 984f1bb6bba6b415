// Package mail is the channel that sends notices as mail, over SMTP (RFC 5321).
//
// A Mailer takes a notice, composes one letter (jordan-wright/email: its headers and MIME
// parts, from an ordered list so that it is the same each time), and carries it
// (emersion/go-smtp) to the first of its relays that takes it, on a connection of our own
// whose reads and writes have deadlines.
//
// # Promises
//
//   - Recipients are settled one by one: a refused one does not keep the letter from the
//     others, and who has it is left out of the next attempt.
//   - A password never goes in clear, and stands in no error, log or trace.
//   - The Message-ID hangs on the notice, In-Reply-To and References on its conversation:
//     a letter sent twice is recognisable.
//   - Every step ends by its deadline or by ctx; when it was told to stop, nothing is left.
//
// # Words
//
// A letter is one message as it goes out; an outcome is what became of each recipient; a
// relay that just failed is cooling, and is asked last.
//
// # It does not
//
// use the Send functions or the Pool of jordan-wright/email, which
// composes the letters: they know no deadline and wait for ever on a mute
// server, SendWithStartTLS goes on in clear and without AUTH when a relay
// offers neither, and one refused recipient fails all the others.
package mail
