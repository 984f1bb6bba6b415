package notify

import (
	"errors"
	"net"
	"os"
)

// bare takes off a dial's error what the one who tells it says already: the network, the
// address and the system call.
func bare(err error) error {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "dial" {
		return err
	}
	if call, ok := errors.AsType[*os.SyscallError](op.Err); ok {
		return call.Err
	}
	return op.Err
}
