// Package parse reads the health lines of HAProxy 1.4 to 3.5: what it logs
// about servers, proxies and its own end.
//
//	Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active ...
//	|----- subject ----||- verb -||-------------- fragments ------------------------
//
// One table holds a row for each sentence HAProxy can write: its kind, the
// versions and the C function that write it, the regexp that recognises it, and
// a real example. The fixed words of subject and verb pick the row, then its
// regexp reads the line. From the same regexp is derived, mechanically, the
// recogniser of the row's beginnings, for lines cut at HAProxy's length limit.
//
//	Candidate   first word and a half      nanoseconds, for every line there is
//	Line        row, regexp, Event         microseconds, for candidates
//	Nearest     where a near miss differs  for people
//
// Promises:
//
//   - Line is total and pure: any text gives an Event or none, always the same.
//   - It is anchored at both ends. A traffic line, a user agent or the answer of
//     a checked server that contains a health line is no event.
//   - Candidate is true wherever Line is.
//   - No string of an Event holds control characters or bytes that are no UTF-8.
//   - A cut line is an event only if its beginning leaves no doubt of kind, proxy
//     and server. One doubt cannot be resolved: names may hold dots, so "Paused
//     proxy web." may have been "Paused proxy web.example."; it is read as the
//     whole line it looks like.
//
// Goroutines: none.
//
// It does not read syslog headers (package syslog does), does not look at
// severities, which a log line's minimum level rewrites, and remembers nothing
// from one line to the next.
package parse
