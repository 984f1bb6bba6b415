package receive

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"
)

// DefaultHandshakeTimeout is plenty for a peer on the other side of the world.
const DefaultHandshakeTimeout = 10 * time.Second

// TLS configures a tls:// listener: TLS 1.2 at least, and Go's choice of the rest. The
// files are PEM. They are read again when they change.
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

// KeyError is the fault of one key of a TLS, or of the file it names.
type KeyError struct {
	Key string // as a config has it: cert_file, key_file or client_ca
	Err error
}

// Error is "key: cause".
func (e *KeyError) Error() string { return e.Key + ": " + e.Err.Error() }

// Unwrap returns the cause alone.
func (e *KeyError) Unwrap() error { return e.Err }

func keyed(key, cause string, args ...any) error { return &KeyError{key, fmt.Errorf(cause, args...)} }

// Check reads the files and returns their faults, each a KeyError.
func (t TLS) Check() []error {
	_, faults := t.load()
	return faults
}

// Warnings tells what of the files is in order but will not do at that time, each a KeyError.
func (t TLS) Warnings(now time.Time) []error {
	config, faults := t.load()
	if len(faults) > 0 {
		return nil
	}
	switch leaf := config.Certificates[0].Leaf; {
	case now.After(leaf.NotAfter):
		return []error{keyed("cert_file", "%s: the certificate has expired on %s", t.CertFile, day(leaf.NotAfter))}
	case now.Before(leaf.NotBefore):
		return []error{keyed("cert_file", "%s: the certificate is not valid before %s", t.CertFile, day(leaf.NotBefore))}
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
			faults = append(faults, &KeyError{"client_ca", err})
		}
	}
	return config, faults
}

// certificate reads the certificate and its key.
func (t TLS) certificate() (tls.Certificate, error) {
	if t.CertFile == "" {
		return tls.Certificate{}, keyed("cert_file", "a tls:// listener wants a certificate")
	}
	chain, err := readCertificates(t.CertFile)
	if err != nil {
		err = &KeyError{"cert_file", err}
	}
	key, keyErr := os.ReadFile(cmp.Or(t.KeyFile, t.CertFile))
	if keyErr != nil && t.KeyFile != "" {
		return tls.Certificate{}, errors.Join(err, &KeyError{"key_file", keyErr})
	}
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(chain, key)
	switch {
	case err != nil && t.KeyFile == "":
		err = keyed("key_file", "want one, for the key in %s will not do: %s", t.CertFile, unlabelled(err))
	case err != nil:
		err = keyed("key_file", "%s is not the key of %s: %s", t.KeyFile, t.CertFile, unlabelled(err))
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

// lookEvery is how often at most the files of a certReloader are looked at.
const lookEvery = time.Second

// certReloader holds what the files of a TLS say, and reads them again when they have
// changed: a renewed certificate counts from the next handshake on. While they are
// wrong, as between the writing of a certificate and that of its key, what they said
// before goes on to count.
type certReloader struct {
	files TLS
	log   *slog.Logger

	mu     sync.Mutex
	looked time.Time
	seen   [3]mark
	config *tls.Config
}

// mark is how a file's change is told.
type mark struct {
	modified time.Time
	size     int64
}

func newCertReloader(files TLS, log *slog.Logger) (*certReloader, error) {
	k := &certReloader{files: files, log: log, looked: time.Now(), seen: files.marks()}
	config, faults := files.load()
	k.config = config
	k.warn()
	return k, errors.Join(faults...)
}

// current is a tls.Config's GetConfigForClient.
func (k *certReloader) current(*tls.ClientHelloInfo) (*tls.Config, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := time.Now(); now.Sub(k.looked) >= lookEvery {
		k.looked = now
		k.look()
	}
	return k.config, nil
}

// look reads the files if they have changed. Their marks are taken first: what changes
// while they are read is read the next time.
func (k *certReloader) look() {
	marks := k.files.marks()
	if marks == k.seen {
		return
	}
	k.seen = marks
	config, faults := k.files.load()
	if len(faults) > 0 {
		k.log.Error("cannot use the changed certificate files, the old ones go on to count", "err", errors.Join(faults...))
		return
	}
	k.config = config
	k.log.Info("certificate files have changed and count from now on", "cert_file", k.files.CertFile)
	k.warn()
}

func (k *certReloader) warn() {
	for _, w := range k.files.Warnings(time.Now()) {
		k.log.Warn("peers will not trust this listener", "err", w)
	}
}

// marks looks at the files; one that is not there has none.
func (t TLS) marks() (all [3]mark) {
	for i, name := range [...]string{t.CertFile, t.KeyFile, t.ClientCA} {
		if info, err := os.Stat(name); err == nil {
			all[i] = mark{info.ModTime(), info.Size()}
		}
	}
	return all
}

// secured makes a TLS connection of one, in its own goroutine: a peer that stays mute
// holds up nobody else, and is closed after HandshakeTimeout. When ctx ends there is
// still drainTime, since lines may follow that the peer holds for delivered.
func (r *Receiver) secured(ctx context.Context, c net.Conn) (net.Conn, error) {
	timeout := r.config.TLS.HandshakeTimeout
	if err := c.SetDeadline(time.Now().Add(timeout)); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Now().Add(min(timeout, drainTime))) })
	s := tls.Server(c, &tls.Config{GetConfigForClient: r.keys.current, MinVersion: tls.VersionTLS12})
	err := s.HandshakeContext(context.WithoutCancel(ctx))
	stop()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, fmt.Errorf("no handshake within %v", timeout)
	}
	if err != nil {
		return nil, err
	}
	return s, c.SetDeadline(time.Time{})
}

// errSpeaksTLS is what a listener says that does not: to read the handshake as lines would
// leave the peer waiting for an answer, and people without a word about it.
var errSpeaksTLS = errors.New("the peer speaks TLS, which this listener does not: want a tls:// address")

// isHello reports whether a stream begins as TLS does: a handshake record of SSL 3 or
// later (RFC 8446 section 5.1). No log line does.
func isHello(b []byte) bool { return len(b) > 2 && b[0] == 22 && b[1] == 3 && b[2] <= 4 }

// handshakeLog are the peers whose handshakes failed, and when that was last said of each.
// They are told sparingly, for anybody can fail; but a load balancer whose certificate
// has expired must not be hidden by one who scans ports.
type handshakeLog struct {
	mu   sync.Mutex
	told map[netip.Addr]time.Time
}

// warnEvery is how often at most a peer is told of.
const warnEvery = time.Minute

// maxLogged bounds those that are told within one warnEvery.
const maxLogged = 64

// handshakeFailed counts a handshake that failed, and says so of each peer at most once in
// warnEvery.
func (r *Receiver) handshakeFailed(c net.Conn, err error) {
	total := r.count.handshakes.Add(1)
	if r.handshakes.mayTell(peerOf(c), time.Now()) {
		r.config.Log.Warn("tls handshake failed, the connection is closed",
			"listener", r.String(), "peer", c.RemoteAddr().String(), "err", err, "total", total)
	}
}

// mayTell notes that a peer is told of, unless that was done lately.
func (s *handshakeLog) mayTell(peer netip.Addr, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.told, func(_ netip.Addr, at time.Time) bool { return now.Sub(at) >= warnEvery })
	if _, known := s.told[peer]; known || len(s.told) >= maxLogged {
		return false
	}
	if s.told == nil {
		s.told = map[netip.Addr]time.Time{}
	}
	s.told[peer] = now
	return true
}
