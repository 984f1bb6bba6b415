package main

import (
	"errors"
	"fmt"
	"os"

	"haproxy-alert/syslog/receive"

	"github.com/coreos/go-systemd/v22/activation"
)

// inherited are the sockets that systemd has bound for us (sd_listen_fds(3)) and keeps
// over our restart: what comes meanwhile waits in the kernel.
type inherited []inheritedSocket

type inheritedSocket struct {
	file  *os.File
	at    receive.Address
	taken bool
}

func inheritedSockets() (inherited, error) {
	var all inherited
	var errs []error
	for _, f := range activation.Files(true) {
		at, err := receive.Bound(f)
		errs = append(errs, err)
		all = append(all, inheritedSocket{file: f, at: at})
	}
	return all, errors.Join(errs...)
}

// open takes over the socket that is bound at the listener's address, or binds one.
func (in inherited) open(l receive.Listener) (r *receive.Receiver, adopted bool, err error) {
	want, err := receive.ParseAddress(l.Address)
	if err != nil {
		return nil, false, err
	}
	for i, s := range in {
		if !s.taken && want.Fits(s.at) {
			in[i].taken = true
			r, err = l.Adopt(s.file)
			return r, true, err
		}
	}
	r, err = l.Open()
	return r, false, err
}

// left reports the sockets that no listener has taken: what is sent to them would wait
// for nobody and be lost, so nothing starts with one.
func (in inherited) left() error {
	var errs []error
	for _, s := range in {
		if !s.taken {
			errs = append(errs, fmt.Errorf("adopt socket %s of systemd (%s): no [[listen]] has that address", s.at, s.file.Name()))
			_ = s.file.Close()
		}
	}
	return errors.Join(errs...)
}
