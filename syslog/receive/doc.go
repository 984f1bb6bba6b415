// Package receive takes frames from sockets: UDP, TCP, TLS and unix ones, our own and
// those of systemd.
//
//	Listener --Open--> Receiver --Run--> Sink(syslog.Frame)
//	    udp, unixgram:   socket -> batch -> datagram -> sinkWriter
//	    tcp, tls, unix:  stream -> framing.Framer ----> sinkWriter
//
// # Promises
//
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
//   - It looks at no name in a peer's certificate, only at who signed it.
//
// # Goroutines
//
// Nothing runs outside of Run, which returns when all of these have ended:
//
//   - one per datagram socket reads it, the caller's accepts connections, until ctx ends;
//   - one per connection shakes hands, if it is to be TLS, reads it and calls the
//     Sink, until the peer or ctx ends it;
//   - one per listener of datagrams asks the kernel once a second for what it dropped.
//
// # Many datagrams
//
// Where they come faster than one a millisecond they are let come together for one
// (coalescer in datagram.go), and 128 come by one system call (batch in socket_linux.go). Of 100,000 a second,
// sent one by one, each costs 1.2 us of CPU, where reading them as they come through
// Go's poller took 8.4 and rsyslog's imudp 3.9: nearly all of it is being woken.
//
// # No Server of go-syslog
//
// That of gopkg.in/mcuadros/go-syslog.v2 v2.3.0, which decodes headers in package syslog,
// is not used. Measured on two cores, it lost 28 to 48 % of 200,000 to 300,000 datagrams a
// second where one reader with an 8 MiB buffer lost none, for it lowers the kernel's
// buffer to 64 KiB; "<34>", "<129>Sep 23 10:00:00 lb1" and "-5 abc" end the process from
// the network, in goroutines where no recover reaches; its TLS handshake stands in the
// accept loop, so that one mute client stops all; a TCP line over 64 KiB closes the
// connection silently; stopping it under load panics; and it can take no socket from
// systemd.
package receive
