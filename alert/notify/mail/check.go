package mail

import (
	"fmt"
	"slices"
	"strings"
)

// Check returns the faults of the settings, each "key: cause" with the key as it
// stands in the config. It reads the files it names, and opens nothing else.
func (m *Mailer) Check() []error {
	return slices.Concat(m.checkRelays(), m.checkAddresses(), m.checkTLS(), m.checkLogin(), m.checkDialogue())
}

func (m *Mailer) checkRelays() (faults []error) {
	if len(m.Relays) == 0 {
		return []error{fmt.Errorf("relays: want at least one")}
	}
	for i, name := range m.Relays {
		r, err := parseRelay(name)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("relays[%d]: %w", i, err))
		case slices.Contains(m.Relays[:i], name):
			faults = append(faults, fmt.Errorf("relays[%d]: %s stands there twice", i, name))
		case m.TLS.verified() && r.host == "" && m.ServerName == "":
			faults = append(faults, fmt.Errorf("relays[%d]: %s: want server_name, the name its certificate bears, or tls none", i, name))
		}
	}
	return faults
}

func (m *Mailer) checkAddresses() (faults []error) {
	if _, err := plainAddress(m.From); err != nil {
		faults = append(faults, fmt.Errorf("from: %w", err))
	}
	if len(m.To) == 0 {
		faults = append(faults, fmt.Errorf("to: want at least one address"))
	}
	for i, a := range m.To {
		if _, err := plainAddress(a); err != nil {
			faults = append(faults, fmt.Errorf("to[%d]: %w", i, err))
		}
	}
	return faults
}

func (m *Mailer) checkTLS() (faults []error) {
	if int(m.TLS) >= len(modeNames) {
		faults = append(faults, fmt.Errorf("tls: unknown mode %s", m.TLS))
	}
	files := m.TLSFiles
	if m.RootCAs != nil {
		files.CAFile = ""
	}
	return append(faults, files.CheckFiles()...)
}

func (m *Mailer) checkLogin() (faults []error) {
	switch {
	case m.Username == "" && m.Password != "":
		faults = append(faults, fmt.Errorf("username: want one beside the password"))
	case m.Username == "" && m.Auth != AuthBest:
		faults = append(faults, fmt.Errorf("username: want one for auth %s", m.Auth))
	case m.Username == "":
		return nil
	case m.Password == "":
		faults = append(faults, fmt.Errorf("password: want one beside the username"))
	case strings.ContainsAny(m.Username+m.password(), "\x00\x01"):
		faults = append(faults, fmt.Errorf("password: want username and password without control characters"))
	case !m.TLS.verified():
		faults = append(faults, fmt.Errorf("tls: want required or implicit, not %s: a password goes only to a relay that proves its name", m.TLS))
	}
	if err := new(AuthMethod).UnmarshalText([]byte(m.Auth)); err != nil {
		faults = append(faults, fmt.Errorf("auth: %w", err))
	}
	return faults
}

// password is the secret as it is now, empty when it cannot be read: Check tells that
// where it is used.
func (m *Mailer) password() string {
	secret, _ := m.Password.Read()
	return string(secret)
}

func (m *Mailer) checkDialogue() (faults []error) {
	if strings.ContainsFunc(m.Helo, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		faults = append(faults, fmt.Errorf("helo: want a host name or [address], not %q", m.Helo))
	}
	if m.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout: want more than 0, not %s", m.Timeout))
	}
	return faults
}
