package receive

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"
)

// lookEvery is how often at most the files of a keyring are looked at.
const lookEvery = time.Second

// keyring holds what the files of a TLS say, and reads them again when they have
// changed: a renewed certificate counts from the next handshake on. While they are
// wrong, as between the writing of a certificate and that of its key, what they said
// before goes on to count.
type keyring struct {
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

func newKeyring(files TLS, log *slog.Logger) (*keyring, error) {
	k := &keyring{files: files, log: log, looked: time.Now(), seen: files.marks()}
	config, faults := files.load()
	k.config = config
	k.warn()
	return k, errors.Join(faults...)
}

// current is a tls.Config's GetConfigForClient.
func (k *keyring) current(*tls.ClientHelloInfo) (*tls.Config, error) {
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
func (k *keyring) look() {
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

func (k *keyring) warn() {
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
