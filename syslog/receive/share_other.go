//go:build !linux

package receive

import (
	"errors"
	"net"
)

// errAlone is why readers can be no more than one.
var errAlone = errors.New("only Linux keeps what a sender sends on one of several sockets: want 1 reader")

func listenShared(string) (net.PacketConn, error) { return nil, errAlone }

func steer([]*socket) error { return errAlone }
