package syslog

import "net/netip"

// Frame is one record cut from a transport, without its line end.
type Frame struct {
	// Data is valid only during the call it is given with.
	Data []byte
	// Peer is the sender's address, an IPv4 one never mapped into IPv6; zero for
	// unix sockets.
	Peer netip.Addr
	// Cut says that the record was too long and its rest was dropped.
	Cut bool
	// First says that no other frame of this peer came just before in the same read of
	// the socket: enough for what need not be done for every line of a flood.
	First bool
}
