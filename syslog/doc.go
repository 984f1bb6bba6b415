// Package syslog reads log lines: it takes the header off each and says what stood in
// it. They come from sockets, as frames (package receive), and from files, as lines.
//
//	udp, unixgram --> receive --------------.
//	                                         >-- Frame --> Body ---> text       (hot path)
//	tcp, tls, unix -> receive --> framing --'          '-> Parse --> Message    (the few that matter)
//	file, stdin ----> logfile -----------------------------^  Timeline lends it the clock
//	file that grows > follow ------------------------------'  across rotation, with a Position
//
//	a line: wrap takes off what stands around it, header finds its parts, timestamp its time
//
// Every header HAProxy's log formats, its rings and log-forward write is known,
// and those relays put around it: rsyslog, syslog-ng, journalctl -o short*.
//
// Before the header comes off what a journal, a container runtime or a log shipper
// wrapped around the line (package wrap): journalctl -o export and json, Docker's
// json-file, docker and kubectl logs --timestamps, Kubernetes' CRI lines, and JSON
// objects whose message member holds the line. Entries of several lines and lines
// in parts are put together where they come from files (package logfile).
//
// # Promises
//
//   - Text begins where the header's structure ends, counted from the left. No URL
//     or user agent can move it. (A site whose own log-format begins with a
//     client's words, in a format without header, lets clients write lines; so
//     does one that writes JSON without escaping what clients say.)
//   - One wrapping comes off, and only where it is the whole frame. What a line
//     says goes before what its wrapping says, but for a time without zone. A line
//     end inside of it, "\n" in JSON, makes no second line.
//   - Parse and Body never fail and never panic. Body does not allocate, but for a
//     copy of a line that was wrapped in JSON and has escapes.
//   - No host name is invented. HAProxy sends none unless told to.
//
// # The part of go-syslog
//
// gopkg.in/mcuadros/go-syslog.v2 v2.3.0 decodes the RFC 3164 and RFC 5424 headers
// it is known to decode well (library.go). The rest is read by hand: ISO times,
// nanoseconds, unknown zones, tags of several words, years. Package receive says why its
// Server is not used.
//
// # It does not
//
// It does not know what a line means (package parse does). It does not join lines
// that a shipper sends on in the parts a container runtime made of them: that is
// the shipper's to do.
package syslog
