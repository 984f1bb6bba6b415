package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"syscall"
	"time"

	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/journal"
	"haproxy-alert/alert/loop"
)

// Bounds of the control socket. Only the daemon's own user and root can connect.
const (
	// maxControlBody is the longest request body in bytes; a longer one is refused.
	maxControlBody = 16 << 10
	// maxControlRequests is how many requests are served at once; further ones are
	// refused with 503.
	maxControlRequests = 16
	// controlTimeout bounds a request at both ends, its way through the journal too.
	controlTimeout = 10 * time.Second
)

// Control serves the commands of an operator to the running daemon: HTTP and JSON on
// a unix socket, for `silence` and `status`.
//
//	GET    /status         how things are
//	GET    /silences       those in force or to come
//	POST   /silences       begins one, answers with its id
//	DELETE /silences/ID    ends one
//
// It owns nothing of the state: every request goes through the loop.
type Control struct {
	Version  string // what status says it is
	loop     *loop.Loop
	log      *slog.Logger
	listener *net.UnixListener
	slots    chan struct{} // one token for each request being served
	// Stats tells how the journal is, counts how many lines came, how many of them
	// were about health, and how many bytes of lines wait.
	Stats  func() journal.Stats
	Counts func() (lines, events int64, waiting int)
	Files  func() []StatusFile
	// Listeners tells what came in at the sockets.
	Listeners func() []StatusListener
	since     time.Time
}

// OpenControl binds the socket, in place of one that a crash left behind.
func OpenControl(path string, loop *loop.Loop, log *slog.Logger) (*Control, error) {
	l, err := bindControl(path)
	if err != nil {
		return nil, fmt.Errorf("listen control %s: %w", path, err)
	}
	return &Control{
		loop: loop, log: log, listener: l, slots: make(chan struct{}, maxControlRequests), since: time.Now(),
		Stats: func() journal.Stats { return journal.Stats{} }, Counts: func() (lines, events int64, waiting int) { return 0, 0, 0 },
		Files: func() []StatusFile { return nil }, Listeners: func() []StatusListener { return nil },
	}, nil
}

func bindControl(path string) (*net.UnixListener, error) {
	if len(path) > maxSocketPath {
		return nil, longSocketPath(path)
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	config := net.ListenConfig{Control: private}
	l, err := config.Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l.(*net.UnixListener), nil
}

func longSocketPath(path string) error {
	return fmt.Errorf("path has %d bytes, a socket's may have %d", len(path), maxSocketPath)
}

// removeStale removes a socket file on which nobody listens. The journal's lock says
// that no other daemon has this journal, but the path is the operator's.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return errors.New("a file that is no socket is in the way")
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		return errors.Join(errors.New("another daemon answers there"), c.Close())
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return errors.Unwrap(err)
	}
	return os.Remove(path)
}

// Run serves until ctx ends and the requests then under way are answered. The socket
// file goes with it.
func (c *Control) Run(ctx context.Context) error {
	server := &http.Server{
		Handler:           c.bounded(c.routes()),
		ReadHeaderTimeout: controlTimeout, ReadTimeout: controlTimeout, WriteTimeout: 2 * controlTimeout,
		IdleTimeout: controlTimeout, MaxHeaderBytes: maxControlBody,
		ErrorLog: slog.NewLogLogger(c.log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), controlTimeout)
		defer cancel()
		ended <- server.Shutdown(patience)
	})
	err := server.Serve(c.listener)
	if stop() {
		return fmt.Errorf("serve control: %w", err) // not asked to end
	}
	if err := <-ended; err != nil {
		return errors.Join(fmt.Errorf("stop control: %w", err), server.Close())
	}
	return nil
}

// Close frees the socket of a control that is not run.
func (c *Control) Close() error { return c.listener.Close() }

func (c *Control) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", c.status)
	mux.HandleFunc("GET /silences", c.listSilences)
	mux.HandleFunc("POST /silences", c.addSilence)
	mux.HandleFunc("DELETE /silences/{id}", c.expireSilence)
	return mux
}

// bounded keeps each request within its time and size, and their number.
func (c *Control) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case c.slots <- struct{}{}:
			defer func() { <-c.slots }()
		default:
			refuse(w, http.StatusServiceUnavailable, errors.New("too many requests at once"))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), controlTimeout)
		defer cancel()
		r.Body = http.MaxBytesReader(w, r.Body, maxControlBody)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// maxSocketPath is the room for a path in sockaddr_un, less the final NUL
// (unix(7)); the kernel's own error would only say "invalid argument".
const maxSocketPath = 107

func (c *Control) status(w http.ResponseWriter, r *http.Request) {
	report, now := StatusReport{}, time.Now()
	err := c.loop.Ask(r.Context(), func(s *engine.State) {
		report.Channels, report.Sources = s.Channels(now), s.Sources()
		for _, i := range s.Open() {
			i.Observers = slices.Clone(i.Observers)
			report.Incidents = append(report.Incidents, StatusIncident{i, i.Duration(now).Seconds()})
		}
		report.Daemon.Suppressed, report.Daemon.Overflow = s.Suppressed(), maps.Clone(s.Overflow)
	})
	if err == nil {
		report.Silences, err = c.silences(r.Context())
	}
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, err)
		return
	}
	d := &report.Daemon
	d.PID, d.Version, d.Since = os.Getpid(), c.Version, c.since.Round(0)
	d.Lines, d.Events, d.Backlog = c.Counts()
	report.Listeners, report.Files = c.Listeners(), c.Files()
	st := c.Stats()
	report.Journal = StatusJournal{st.Seq, st.Checkpoint, st.Segments, st.Size, st.Failures}
	answer(w, http.StatusOK, report)
}
