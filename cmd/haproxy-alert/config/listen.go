package config

import (
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"time"

	"haproxy-alert/syslog/receive"
)

// keyOfListener says where a key of [[listen]] has a meaning. Elsewhere it would let an
// operator believe in what does not hold.
type keyOfListener struct {
	name    string
	where   []string // schemes; none: all
	set     func(Listen) bool
	nothing string // what its zero value, written down, is told; empty where that means the default
}

// keysOfListener lists them in the order of Listen; of those for TLS validator.tls knows.
func keysOfListener() []keyOfListener {
	streams, files := []string{"tcp", "tls", "unix"}, []string{"unix", "unixgram"}
	ip := []string{"udp", "tcp", "tls"}
	return []keyOfListener{
		{"allow", ip, func(l Listen) bool { return len(l.Allow) > 0 }, ""},
		{"max_frame", nil, func(l Listen) bool { return l.MaxFrame != 0 }, "want 1KiB or more"},
		{"max_connections", streams, func(l Listen) bool { return l.MaxConnections != 0 }, "want 1 or more"},
		{"idle_timeout", streams, func(l Listen) bool { return l.IdleTimeout != 0 }, "want more than 0s"},
		{"read_buffer", []string{"udp", "unixgram"}, func(l Listen) bool { return l.ReadBuffer != 0 }, "want 64KiB or more: what does not fit is lost"},
		{"readers", nil, func(l Listen) bool { return l.Readers != 0 }, fmt.Sprintf("want 1 to %d", receive.MaxReaders)}, // see validator.readers
		{"mode", files, func(l Listen) bool { return l.Mode != 0 }, `want permission bits such as "0660": with none nobody may write`},
		{"owner", files, func(l Listen) bool { return l.Owner != "" }, ""},
	}
}

// minFrame has room for any header and for what makes a line a health line.
const minFrame = 1 << 10

const (
	// maxDatagram holds the longest datagram there is.
	maxDatagram = 64 << 10
	// maxFrame is the longest line of a stream; each connection may take such a buffer.
	maxFrame = 16 << 20
)

// meaning refuses keys that mean nothing for the listener's kind of socket, and values
// that mean nothing for any.
func (v *validator) meaning(table string, l Listen) {
	a, err := receive.ParseAddress(l.Address)
	if err != nil {
		return // it may have meant to
	}
	for _, k := range keysOfListener() {
		key := table + "." + k.name
		written := slices.ContainsFunc(v.ps, func(p place) bool { return p.path == key })
		switch {
		case k.set(l) && len(k.where) > 0 && !slices.Contains(k.where, a.Network):
			v.fault(key, "it means nothing for %s, want an address of %s", l.Address, schemes(k.where))
		case written && !k.set(l) && k.nothing != "" && !v.named(key):
			v.fault(key, "%s", k.nothing)
		}
	}
	if l.MaxFrame > 0 && l.MaxFrame < minFrame {
		v.fault(table+".max_frame", "want 1KiB or more: a line that is cut may not say what it is about")
	}
	switch {
	case a.Network == "udp" && l.MaxFrame > maxDatagram:
		v.fault(table+".max_frame", "want 64KiB or less: no datagram is longer")
	case l.MaxFrame > maxFrame:
		v.fault(table+".max_frame", "want 16MiB or less: each connection may take as much memory")
	}
	if l.MaxConnections < 0 {
		v.fault(table+".max_connections", "want 1 or more")
	}
}

// schemes writes "tcp://, tls:// or unix://".
func schemes(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0] + "://"
	}
	return strings.Join(names[:last], "://, ") + ":// or " + names[last] + "://"
}

func (l Listen) tls() receive.TLS {
	return receive.TLS{CertFile: l.CertFile, KeyFile: l.KeyFile, ClientCA: l.ClientCA, HandshakeTimeout: time.Duration(l.HandshakeTimeout)}
}

// speaksTLS reports whether the listener's address says so.
func (l Listen) speaksTLS() bool {
	a, err := receive.ParseAddress(l.Address)
	return err == nil && a.Network == "tls"
}

// tls reads the files of a listener that speaks it. What another one has of these keys
// would let an operator believe that it does, too.
func (v *validator) tls(key string, l Listen) {
	switch {
	case checkAddress(l.Address) != nil:
		return // it may have meant to
	case l.speaksTLS():
		v.keyed(key, l.tls().Check())
		return
	}
	for name, set := range map[string]bool{
		"cert_file": l.CertFile != "", "key_file": l.KeyFile != "",
		"client_ca": l.ClientCA != "", "handshake_timeout": l.HandshakeTimeout != 0,
	} {
		if set {
			v.fault(key+"."+name, "%s does not speak TLS, want a tls:// address", l.Address)
		}
	}
}

// Warnings tells what serve would start with, and someone should see to.
func (c *Config) Warnings(now time.Time) (all []error) {
	for i, l := range c.Listen {
		if !l.speaksTLS() {
			continue
		}
		for _, w := range l.tls().Warnings(now) {
			all = append(all, fmt.Errorf("listen[%d].%w", i, w))
		}
	}
	return append(all, oldDirsMissing(c.File)...)
}

// Listener is the listener that the table describes.
func (l Listen) Listener(log *slog.Logger) receive.Listener {
	var allow []netip.Prefix
	for _, n := range l.Allow {
		allow = append(allow, netip.Prefix(n))
	}
	return receive.Listener{
		Address: l.Address, Allow: allow, MaxFrame: int(l.MaxFrame), MaxConnections: l.MaxConnections,
		IdleTimeout: time.Duration(l.IdleTimeout), ReadBuffer: int(l.ReadBuffer), Readers: l.Readers, Mode: fs.FileMode(l.Mode), Owner: l.Owner, Log: log,
		TLS: l.tls(),
	}
}
