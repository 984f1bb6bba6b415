package main

import (
	"fmt"
	"time"

	"haproxy-alert/syslog/receive"
)

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

// warnings tells what serve would start with, and someone should see to.
func (c *Config) warnings(now time.Time) (all []error) {
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
