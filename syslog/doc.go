// Package syslog receives log lines: from sockets, as frames, and from files, as
// lines. It takes the header off each and says what stood in it.
//
//	udp, unixgram --> datagram --.
//	                              >-- Frame --> Body ---> text       (hot path)
//	tcp, tls, unix -> framer ----'          '-> Parse --> Message    (the few that matter)
//	file, stdin ----> decompress -> Sift -------^  Timeline lends it the clock
//	file that grows > Follower ---> Taken ------'  across rotation, with a Position
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
//     end inside of it, "\n" in
//     JSON, makes no second line.
//   - Parse and Body never fail and never panic. Body does not allocate, but for a
//     copy of a line that was wrapped in JSON and has escapes.
//   - No host name is invented. HAProxy sends none unless told to.
//   - Frames come out the same however a stream was chopped on its way. Too long
//     ones are cut, and the stream goes on.
//   - Frames of one connection, and datagrams of one sender's address, keep their order,
//     also where several readers share a UDP address.
//   - Whatever is dropped is counted: by the kernel too (Stats.Dropped).
//   - Run takes what had reached this machine before ctx ended, for 2 s at most.
//   - A connection's turn is one read, of 128 KiB at most: many that flood do not
//     keep the others waiting. While the Sink waits, so do the connections; a peer's
//     lines are then in the kernel's buffers and its own.
//   - A connection costs 16 KiB while it is quiet and 144 KiB while its reads are full.
//   - With ClientCA nobody is listened to who does not show a certificate it signed.
//     Who does not end the TLS handshake in time costs a goroutine until then.
//   - A Follower gives each line of its log once and in order, whole, however the log
//     is rotated: renamed, copied and truncated, packed, several times between two
//     looks. One that begins at a Position, any that was ever given, goes on behind
//     it. What it cannot find, it says.
//
// # Goroutines
//
// Nothing runs outside of Run and of Sift. Sieve.Close returns when the readers of
// its log have ended, one for each processor or one alone, but for one that waits
// for stdin. Run returns when all of these have ended:
//
//   - one per datagram socket reads it, the caller's accepts connections, until ctx ends;
//   - one per connection shakes hands, if it is to be TLS, reads it and calls the
//     Sink, until the peer or ctx ends it;
//   - one per listener of datagrams asks the kernel once a second for what it dropped.
//
// Follower.Run reads and calls its sink in the caller's goroutine. Two more, one of
// them fsnotify's, wait for the file system to say that something happened; they end
// with Run.
//
// # Many datagrams
//
// Where they come faster than one a millisecond they are let come together for one
// (gather.go), and 128 come by one system call (batch_linux.go). Of 100,000 a second,
// sent one by one, each costs 1.2 us of CPU, where reading them as they come through
// Go's poller took 8.4 and rsyslog's imudp 3.9: nearly all of it is being woken.
//
// # Followed files
//
// A position is a file and a place in it. The file is known by device and inode and by a
// hash of its first KiB, so that it is found after a rename, a copy or a compression; the
// head is compared after each read and before its lines are given, so that what was
// truncated and written again is never read from its middle. A file that was rotated away
// is read on until something stands in the one behind it and nothing was added to it for
// settle: whoever writes it keeps it open until he is told.
//
// Some things nobody could know. What copytruncate loses between its copy and its
// truncation is lost; a line it tears in two is given as two, and so is one that a
// container's runtime divides between two files. A log that begins with the very KiB
// another began with is taken for that one. Files that rotation puts into another folder
// are not found, and that is said. After a power loss a file may lack what had been read
// of it: its head and the bytes before the place tell, and where they differ that is said.
//
// # The part of go-syslog
//
// gopkg.in/mcuadros/go-syslog.v2 v2.3.0 decodes the RFC 3164 and RFC 5424 headers
// it is known to decode well (library.go). The rest is read by hand: ISO times,
// nanoseconds, unknown zones, tags of several words, years.
//
// Its Server is not used. Measured on two cores, it lost 28 to 48 % of 200,000 to
// 300,000 datagrams a second where one reader with an 8 MiB buffer lost none, for
// it lowers the kernel's buffer to 64 KiB; "<34>", "<129>Sep 23 10:00:00 lb1" and
// "-5 abc" end the process from the network, in goroutines where no recover
// reaches; its TLS handshake stands in the accept loop, so that one mute client
// stops all; a TCP line over 64 KiB closes the connection silently; stopping it
// under load panics; and it can take no socket from systemd.
//
// # It does not
//
// It does not know what a line means (package parse does). It does not join lines
// that a shipper sends on in the parts a container runtime made of them: that is
// the shipper's to do. It looks at no name in a peer's certificate, only at who
// signed it.
package syslog
