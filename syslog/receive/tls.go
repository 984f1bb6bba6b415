package receive

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// DefaultHandshakeTimeout is plenty for a peer on the other side of the world.
const DefaultHandshakeTimeout = 10 * time.Second

// TLS configures a tls:// listener: TLS 1.2 at least, and Go's choice of the rest. The
// files are PEM. They are read again when they change (keyring.go).
type TLS struct {
	// CertFile has the certificate and those between it and its authority.
	CertFile string
	// KeyFile has its key; empty means that it stands in CertFile, as HAProxy has it.
	KeyFile string
	// ClientCA has authorities. When given, a peer must show a certificate that one of
	// them has signed.
	ClientCA string
	// HandshakeTimeout bounds how long a connection may take to become one; 0 means
	// DefaultHandshakeTimeout.
	HandshakeTimeout time.Duration
}

// Check reads the files and returns their faults, each "key: cause" with the key as a
// config has it.
func (t TLS) Check() []error {
	_, faults := t.load()
	return faults
}

// Warnings tells what of the files is in order but will not do at that time.
func (t TLS) Warnings(now time.Time) []error {
	config, faults := t.load()
	if len(faults) > 0 {
		return nil
	}
	switch leaf := config.Certificates[0].Leaf; {
	case now.After(leaf.NotAfter):
		return []error{fmt.Errorf("cert_file: %s: the certificate has expired on %s", t.CertFile, day(leaf.NotAfter))}
	case now.Before(leaf.NotBefore):
		return []error{fmt.Errorf("cert_file: %s: the certificate is not valid before %s", t.CertFile, day(leaf.NotBefore))}
	}
	return nil
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// load reads the files.
func (t TLS) load() (*tls.Config, []error) {
	// Log connections are few and live long. Without tickets each shows its certificate,
	// so that an authority which was taken away counts no more.
	config := &tls.Config{MinVersion: tls.VersionTLS12, SessionTicketsDisabled: true}
	cert, err := t.certificate()
	faults := each(err)
	config.Certificates = []tls.Certificate{cert}
	if t.ClientCA != "" {
		config.ClientAuth = tls.RequireAndVerifyClientCert
		if config.ClientCAs, err = authorities(t.ClientCA); err != nil {
			faults = append(faults, fmt.Errorf("client_ca: %w", err))
		}
	}
	return config, faults
}

// certificate reads the certificate and its key.
func (t TLS) certificate() (tls.Certificate, error) {
	if t.CertFile == "" {
		return tls.Certificate{}, errors.New("cert_file: a tls:// listener wants a certificate")
	}
	chain, err := readCertificates(t.CertFile)
	if err != nil {
		err = fmt.Errorf("cert_file: %w", err)
	}
	key, keyErr := os.ReadFile(cmp.Or(t.KeyFile, t.CertFile))
	if keyErr != nil && t.KeyFile != "" {
		return tls.Certificate{}, errors.Join(err, fmt.Errorf("key_file: %w", keyErr))
	}
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(chain, key)
	switch {
	case err != nil && t.KeyFile == "":
		err = fmt.Errorf("key_file: want one, for the key in %s will not do: %s", t.CertFile, unlabelled(err))
	case err != nil:
		err = fmt.Errorf("key_file: %s is not the key of %s: %s", t.KeyFile, t.CertFile, unlabelled(err))
	}
	return pair, err
}

// readCertificates reads a file that must hold at least one certificate, and only such
// that can be read.
func readCertificates(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	found := false
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return nil, fmt.Errorf("read %s: %s", name, unlabelled(err))
		}
		found = true
	}
	if !found {
		return nil, fmt.Errorf("read %s: no PEM certificate in it", name)
	}
	return text, nil
}

func authorities(name string) (*x509.CertPool, error) {
	text, err := readCertificates(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return pool, nil
}

// unlabelled is what an error of Go's packages says, without their names.
func unlabelled(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "tls: "), "x509: ")
}

// each takes a joined error apart.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err != nil {
		return []error{err}
	}
	return nil
}
