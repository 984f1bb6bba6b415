package syslog

import "net/netip"

// Frame is one record cut from a transport, without its line end.
type Frame struct {
	// Data is valid only during the call of the Sink.
	Data []byte
	// Peer is the sender's address, an IPv4 one never mapped into IPv6; zero for
	// unix sockets.
	Peer netip.Addr
	// Cut says the record was longer than MaxFrame and its rest was dropped.
	Cut bool
	// First says that no other frame of this peer came just before in the same read of
	// the socket: enough for what need not be done for every line of a flood.
	First bool
}

// Sink takes the frames of a Receiver. Streams call it from one goroutine per
// connection, several at a time. It may block: the receiver then reads no more,
// and the kernel's buffer takes what comes.
type Sink func(Frame)
