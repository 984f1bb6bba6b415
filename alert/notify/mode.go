package notify

import (
	"fmt"
	"strings"
)

// TLSMode says how the way to a relay is encrypted. The zero TLSMode is
// TLSRequired.
type TLSMode uint8

// The modes.
const (
	// TLSRequired wants STARTTLS (RFC 3207) and a certificate that verifies;
	// without them nothing is sent.
	TLSRequired TLSMode = iota
	// TLSImplicit speaks TLS from the first octet (RFC 8314, port 465); the
	// certificate must verify.
	TLSImplicit
	// TLSOpportunistic uses STARTTLS when the relay offers it and does not verify
	// the certificate: against an eavesdropper it is better than nothing, against
	// an impostor it is nothing (RFC 7435). No password is ever sent in this mode.
	TLSOpportunistic
	// TLSNone sends in clear: for a relay on the same machine or wire. No
	// password is ever sent in this mode.
	TLSNone
)

var modeNames = [...]string{
	TLSRequired: "required", TLSImplicit: "implicit", TLSOpportunistic: "opportunistic", TLSNone: "none",
}

// String returns the mode's name in the config, such as "required".
func (m TLSMode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return fmt.Sprintf("TLSMode(%d)", uint8(m))
}

// MarshalText writes the mode's name.
func (m TLSMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads a mode's name; any other text is an error.
func (m *TLSMode) UnmarshalText(text []byte) error {
	for i, name := range modeNames {
		if name == string(text) {
			*m = TLSMode(i)
			return nil
		}
	}
	return fmt.Errorf("read tls mode: want one of %s, not %q", strings.Join(modeNames[:], ", "), text)
}

// verified reports whether the relay proves who it is in this mode.
func (m TLSMode) verified() bool { return m == TLSRequired || m == TLSImplicit }
