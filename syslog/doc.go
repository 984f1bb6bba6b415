// Package syslog reads log lines: it takes the header off each and says what stood in
// it. They come from sockets, as frames (package receive), and from files, as lines.
//
//	udp, unixgram --> receive --------------.
//	                                         >-- Frame --> Body ---> text       (hot path)
//	tcp, tls, unix -> receive --> framing --'          '-> Parse --> Message    (the few that matter)
//	file, stdin ----> decompress -> Sift ------------------^  Timeline lends it the clock
//	file that grows > Follower ---> Taken -----------------'  across rotation, with a Position
//
// Every header HAProxy's log formats, its rings and log-forward write is known,
// and those relays put around it: rsyslog, syslog-ng, journalctl -o short*.
//
// Before the header comes off what a journal, a container runtime or a log shipper
// wrapped around the line (wrapping.go): journalctl -o export and json, Docker's
// json-file, docker and kubectl logs --timestamps, Kubernetes' CRI lines, and JSON
// objects whose message member holds the line. Entries of several lines and lines
// in parts are put together where they come from files (Log.Lines).
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
//   - A Follower gives each line of its log once and in order, whole, however the log
//     is rotated: renamed, copied and truncated, packed, several times between two
//     looks. One that begins at a Position, any that was ever given, goes on behind
//     it. What it cannot find, it says.
//
// # Goroutines
//
// Nothing runs outside of Follower.Run and of Sift. Sieve.Close returns when the readers
// of its log have ended, one for each processor or one alone, but for one that waits
// for stdin.
//
// Follower.Run reads and calls its sink in the caller's goroutine. Two more, one of
// them fsnotify's, wait for the file system to say that something happened; they end
// with Run.
//
// # Followed files
//
// A position is a file and a place in it. The file is known by device and inode and by a
// hash of its first KiB, so that it is found after a rename, a copy or a compression; the
// head is compared after each read and before its lines are given, so that what was
// truncated and written again is never read from its middle. By the same head, and where
// the file ended, one that was taken to its end is known again under any name: only what
// was added to it since is read. A file that was rotated away is read on until something
// stands in the one behind it and nothing was added to it for settle: whoever writes it
// keeps it open until he is told.
//
// Some things nobody could know. What copytruncate loses between its copy and its
// truncation is lost; a line it tears in two is given as two, and so is one that a
// container's runtime divides between two files. A log that begins with the very KiB
// another began with is taken for that one. One that has less than a KiB is known again
// only if nobody wrote to it since, for lines without times may be alike: should somebody
// touch it, and give it the name of a newer one, it is read once more. A file that was not
// taken yet, and gets the name of one older than the position's, is taken for one that
// was. Files that rotation puts into another folder are found if that is LogFile.OldDir;
// else that is told, as a Miss. After a power loss a file may lack what had been read of
// it: its head and the bytes before the place tell, and where they differ that is said.
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
