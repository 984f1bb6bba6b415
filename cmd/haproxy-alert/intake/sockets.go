package intake

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"

	"github.com/coreos/go-systemd/v22/activation"

	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/syslog/receive"
)

// inherited are the sockets that systemd has bound for us (sd_listen_fds(3)) and keeps
// over our restart: what comes meanwhile waits in the kernel.
type inherited []inheritedSocket

type inheritedSocket struct {
	file  *os.File
	at    receive.Address
	taken bool
}

// InheritedSockets are those that systemd opened for us.
func InheritedSockets() (inherited, error) {
	var all inherited
	var errs []error
	for _, f := range activation.Files(true) {
		at, err := receive.Inherited(f)
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
	i := in.at(want)
	if i < 0 {
		r, err = l.Open()
		return r, false, err
	}
	if l.Readers > 1 {
		l.Log.Warn("a socket of systemd has one reader, whatever readers says", "address", l.Address, "readers", l.Readers)
	}
	in[i].taken = true
	r, err = l.Adopt(in[i].file)
	return r, true, err
}

// at returns which socket, not taken yet, is bound at an address, -1 when none is.
func (in inherited) at(want receive.Address) int {
	return slices.IndexFunc(in, func(s inheritedSocket) bool { return !s.taken && want.Fits(s.at) })
}

// Warnings tells which listeners will have fewer readers than the file says.
func (in inherited) Warnings(listeners []config.Listen) (all []error) {
	for i, l := range listeners {
		if at, err := receive.ParseAddress(l.Address); err == nil && l.Readers > 1 && in.at(at) >= 0 {
			all = append(all, fmt.Errorf("listen[%d].readers: the socket of systemd at %s has one reader, whatever this says", i, l.Address))
		}
	}
	return all
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

// OpenReceivers binds every listener, or none; it takes over those that systemd has bound.
func OpenReceivers(listeners []config.Listen, log *slog.Logger) ([]*receive.Receiver, error) {
	var open []*receive.Receiver
	sockets, err := InheritedSockets()
	errs := []error{err}
	for _, l := range listeners {
		r, adopted, err := sockets.open(l.Listener(log))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		log.Info("listening", "address", r.String(), "systemd", adopted)
		open = append(open, r)
	}
	if err := errors.Join(append(errs, sockets.left())...); err != nil {
		return nil, errors.Join(err, CloseReceivers(open))
	}
	return open, nil
}

// CloseReceivers closes what does not come to run.
func CloseReceivers(open []*receive.Receiver) error {
	var errs []error
	for _, r := range open {
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}
