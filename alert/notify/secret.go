package notify

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// maxSecret is the longest secret in octets; a longer file is an error.
const maxSecret = 64 << 10

// Secret is a password or token. In fmt, slog and JSON it shows as "***", the
// empty one as ""; string(s) has the value.
type Secret string

// UnmarshalText reads the secret from where text points, now:
//
//	file:/path   the file, without the line ends at its end; a whole path
//	env:NAME     the environment variable
//	cred:NAME    the file NAME in $CREDENTIALS_DIRECTORY (systemd LoadCredential)
//
// Any other text is the secret itself. A pointer to nothing, or to an empty
// secret, is an error.
func (s *Secret) UnmarshalText(text []byte) error {
	kind, name, _ := strings.Cut(string(text), ":")
	var value string
	var err error
	switch kind {
	case "file":
		if !filepath.IsAbs(name) { // relative to what, nobody could tell
			return fmt.Errorf("read secret file:%s: want a path from / on", name)
		}
		value, err = readSecret(name)
	case "env":
		value = os.Getenv(name)
	case "cred":
		value, err = readCredential(name)
	default:
		*s = Secret(text)
		return nil
	}
	if err == nil && value == "" {
		err = errors.New("it is empty or not set")
	}
	if err != nil {
		return fmt.Errorf("read secret %s:%s: %w", kind, name, err)
	}
	*s = Secret(value)
	return nil
}

func readCredential(name string) (string, error) {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return "", errors.New("CREDENTIALS_DIRECTORY is not set")
	}
	if name != filepath.Base(name) {
		return "", errors.New("want a name without slashes")
	}
	return readSecret(filepath.Join(dir, name))
}

func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxSecret {
		return "", fmt.Errorf("it is longer than %d octets", maxSecret)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// String returns "***", or "" for the empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// GoString keeps the secret out of %#v.
func (s Secret) GoString() string { return fmt.Sprintf("notify.Secret(%q)", s.String()) }

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the secret out of JSON and TOML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// SecretRef is a secret that is read again each time it is needed: a token that is
// renewed counts at once. Its text is what Secret reads from.
type SecretRef string

// UnmarshalText keeps where the secret stands; one that cannot be read now is an error.
func (r *SecretRef) UnmarshalText(text []byte) error {
	*r = SecretRef(text)
	_, err := r.Read()
	return err
}

// Read returns the secret as it is now.
func (r SecretRef) Read() (Secret, error) {
	var s Secret
	err := s.UnmarshalText([]byte(r))
	return s, err
}

// String returns "***", or "" for the empty secret: the text may be the secret itself.
func (r SecretRef) String() string { return Secret(r).String() }

// GoString keeps the secret out of %#v.
func (r SecretRef) GoString() string { return fmt.Sprintf("notify.SecretRef(%q)", r.String()) }

// LogValue keeps the secret out of logs.
func (r SecretRef) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText keeps the secret out of JSON and TOML.
func (r SecretRef) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// minHidden is the shortest text in octets that is hidden: what is shorter stands in
// any text by chance.
const MinHidden = 4

// hidden are texts that no error and no trace may show. A peer is free to repeat in its
// answer what we sent it.
type Hidden []string

// in returns the text with every secret as "***".
func (h Hidden) Mask(text string) string {
	for _, s := range h {
		text = strings.ReplaceAll(text, s, "***")
	}
	return text
}
