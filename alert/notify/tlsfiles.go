package notify

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
)

// TLSFiles name the files of a connection over TLS. They are read for each dialogue, so
// renewed ones count at once.
type TLSFiles struct {
	// CAFile has the trusted authorities as PEM; empty means the system's.
	CAFile string `toml:"ca_file"`
	// CertFile and KeyFile are a client certificate and its key as PEM; both or none.
	CertFile string `toml:"cert_file"`
	KeyFile  string `toml:"key_file"`
}

// apply reads the files into the configuration.
func (f TLSFiles) Apply(config *tls.Config) (err error) {
	if f.CAFile != "" {
		if config.RootCAs, err = f.roots(); err != nil {
			return err
		}
	}
	if f.CertFile == "" && f.KeyFile == "" {
		return nil
	}
	cert, err := tls.LoadX509KeyPair(f.CertFile, f.KeyFile)
	if err != nil {
		return fmt.Errorf("read cert_file and key_file: %w", err)
	}
	config.Certificates = []tls.Certificate{cert}
	return nil
}

func (f TLSFiles) roots() (*x509.CertPool, error) {
	pem, err := os.ReadFile(f.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read ca_file %s: no PEM certificate in it", f.CAFile)
	}
	return pool, nil
}

// checkFiles returns the faults of the files, each "key: cause".
func (f TLSFiles) CheckFiles() (faults []error) {
	if f.CAFile != "" {
		if _, err := f.roots(); err != nil {
			faults = append(faults, fmt.Errorf("ca_file: %w", err))
		}
	}
	switch {
	case f.CertFile == "" && f.KeyFile == "":
	case f.CertFile == "" || f.KeyFile == "":
		faults = append(faults, errors.New("cert_file: want cert_file and key_file, or none of them"))
	default:
		if _, err := tls.LoadX509KeyPair(f.CertFile, f.KeyFile); err != nil {
			if said, ok := strings.CutPrefix(err.Error(), "tls: "); ok {
				err = errors.New(said)
			}
			faults = append(faults, fmt.Errorf("cert_file: %w", err))
		}
	}
	return faults
}
