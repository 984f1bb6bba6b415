package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	routes "haproxy-alert/alert/route"
)

// silenceForm is a silence as the control socket and `silence list --json` have it.
type silenceForm struct {
	ID     string             `json:"id,omitempty"`
	Proxy  alert.Pattern      `json:"proxy,omitzero"`
	Server alert.Pattern      `json:"server,omitzero"`
	Host   alert.Pattern      `json:"host,omitzero"`
	Kinds  []alert.NoticeKind `json:"kinds,omitempty"`
	Level  alert.Level        `json:"level,omitzero"`
	From   time.Time          `json:"from,omitzero"`
	Until  time.Time          `json:"until,omitzero"`
	// Hours are windows of the week, as the configuration writes them, in Zone.
	Hours   string     `json:"hours,omitempty"`
	Zone    alert.Zone `json:"zone,omitzero"`
	Comment string     `json:"comment,omitempty"`
	// Configured says that it stands in the configuration; Held is how many notices
	// it has kept back. Neither is part of a request.
	Configured bool `json:"configured"`
	Held       int  `json:"held"`
}

// silenceList is the answer to GET /silences.
type silenceList struct {
	Silences []silenceForm `json:"silences"`
}

// refusal is the body of every answer that is an error.
type refusal struct {
	Error string `json:"error"`
}

// silence reads the form as one to begin now. Its id hangs on its content and the
// time, so that it is the same on every node and names no other.
func (f silenceForm) silence(now time.Time) (alert.Silence, error) {
	hours, err := alert.ParseHours(f.Hours, f.Zone)
	q := alert.Silence{
		Match: alert.Match{Proxy: f.Proxy, Server: f.Server, Host: f.Host, Kinds: f.Kinds, Level: f.Level},
		From:  f.From, Until: f.Until, Hours: hours, Comment: f.Comment,
	}
	if q.From.IsZero() {
		q.From = now.Round(0)
	}
	switch {
	case err != nil:
		return q, err
	case f.Proxy.IsZero() && f.Server.IsZero() && f.Host.IsZero() && len(f.Kinds) == 0:
		return q, errors.New("want a proxy, server, host or kind; for all of them the proxy '.*'")
	case q.Until.IsZero() && q.Hours.IsZero():
		return q, errors.New("want an end, or hours of the week: a silence for ever is an outage nobody hears of")
	case !q.Until.IsZero() && !q.Until.After(q.From):
		return q, errors.New("want an end after its beginning")
	case !q.Until.IsZero() && !q.Until.After(now):
		return q, errors.New("want an end that is still to come")
	}
	q.ID, err = silenceID(q, now)
	return q, err
}

// silenceID is short enough to be typed.
func silenceID(q alert.Silence, now time.Time) (string, error) {
	content, err := json.Marshal(q)
	sum := sha256.Sum256(fmt.Appendf(content, " %s", now.UTC().Format(time.RFC3339Nano)))
	return hex.EncodeToString(sum[:4]), err
}

// formOf writes a silence for people and programs.
func formOf(q alert.Silence) silenceForm {
	f := silenceForm{
		ID: q.ID, Proxy: q.Match.Proxy, Server: q.Match.Server, Host: q.Match.Host, Kinds: q.Match.Kinds, Level: q.Match.Level,
		From: q.From, Until: q.Until, Hours: q.Hours.String(), Comment: q.Comment,
	}
	if f.Hours != "" {
		f.Zone = q.Hours.Zone
	}
	return f
}

// silences asks the loop for all silences in force or to come.
func (c *control) silences(ctx context.Context) ([]silenceForm, error) {
	all := []silenceForm{}
	err := c.loop.Ask(ctx, func(s *engine.State) {
		for _, q := range s.ListSilences(time.Now()) {
			f := formOf(q)
			f.Held, f.Configured = s.HeldBack(q.ID), s.Configured(q.ID)
			all = append(all, f)
		}
	})
	return all, err
}

func (c *control) listSilences(w http.ResponseWriter, r *http.Request) {
	all, err := c.silences(r.Context())
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, err)
		return
	}
	answer(w, http.StatusOK, silenceList{all})
}

func (c *control) addSilence(w http.ResponseWriter, r *http.Request) {
	var form silenceForm
	body := json.NewDecoder(r.Body)
	body.DisallowUnknownFields()
	if err := body.Decode(&form); err != nil {
		refuse(w, http.StatusBadRequest, fmt.Errorf("read silence: %w", err))
		return
	}
	q, err := form.silence(time.Now())
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	if err := c.loop.Operate(r.Context(), alert.Fact{Silence: q}); err != nil {
		refuse(w, http.StatusServiceUnavailable, fmt.Errorf("begin silence %s: %w", q.ID, err))
		return
	}
	switch _, found, err := c.find(r.Context(), q.ID); {
	case err != nil:
		refuse(w, http.StatusServiceUnavailable, err)
		return
	case !found:
		refuse(w, http.StatusInsufficientStorage, fmt.Errorf("%d silences are kept already, expire one first", routes.MaxSilences))
		return
	}
	kept := formOf(q)
	c.log.Info("silence begun", "silence", q.ID, "what", kept.what(), "when", kept.when())
	answer(w, http.StatusCreated, kept)
}

func (c *control) expireSilence(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	q, found, err := c.find(r.Context(), id)
	switch {
	case err != nil:
		refuse(w, http.StatusServiceUnavailable, err)
		return
	case !found:
		refuse(w, http.StatusNotFound, fmt.Errorf("no silence %q", id))
		return
	case q.Configured:
		refuse(w, http.StatusConflict, fmt.Errorf("silence %s stands in the configuration, and ends there", id))
		return
	}
	if err := c.loop.Operate(r.Context(), alert.Fact{Expire: true, Silence: alert.Silence{ID: id}}); err != nil {
		refuse(w, http.StatusServiceUnavailable, fmt.Errorf("end silence %s: %w", id, err))
		return
	}
	c.log.Info("silence ended", "silence", id, "held", q.Held)
	w.WriteHeader(http.StatusNoContent)
}

// find returns the silence with the id, if there is one.
func (c *control) find(ctx context.Context, id string) (silenceForm, bool, error) {
	all, err := c.silences(ctx)
	k := slices.IndexFunc(all, func(f silenceForm) bool { return f.ID == id })
	if k < 0 {
		return silenceForm{}, false, err
	}
	return all[k], true, nil
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client has gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, err error) { answer(w, status, refusal{err.Error()}) }
