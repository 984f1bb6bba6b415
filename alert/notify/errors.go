package notify

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
)

// Bare takes off a dial's error what the one who tells it says already: the network, the
// address and the system call.
func Bare(err error) error {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "dial" {
		return err
	}
	if call, ok := errors.AsType[*os.SyscallError](op.Err); ok {
		return call.Err
	}
	return op.Err
}

// maxCauses is how many errors are told; of the others, only how many.
const maxCauses = 8

// Causes are errors told on one line.
type Causes []error

func (c Causes) Error() string { return c.Text() }

func (c Causes) Unwrap() []error { return c }

// Text tells the first of them on one line, and how many more there are.
func (c Causes) Text() string {
	var texts []string
	for _, err := range c[:min(len(c), maxCauses)] {
		texts = append(texts, err.Error())
	}
	if more := len(c) - maxCauses; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, "; ")
}
