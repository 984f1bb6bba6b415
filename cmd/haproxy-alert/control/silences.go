package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	routes "haproxy-alert/alert/route"
)

// silences asks the loop for all silences in force or to come.
func (c *Control) silences(ctx context.Context) ([]SilenceForm, error) {
	all := []SilenceForm{}
	err := c.loop.Ask(ctx, func(s *engine.State) {
		for _, q := range s.ListSilences(time.Now()) {
			f := FormOf(q)
			f.Held, f.Configured = s.HeldBack(q.ID), s.Configured(q.ID)
			all = append(all, f)
		}
	})
	return all, err
}

func (c *Control) listSilences(w http.ResponseWriter, r *http.Request) {
	all, err := c.silences(r.Context())
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, err)
		return
	}
	answer(w, http.StatusOK, silenceList{all})
}

func (c *Control) addSilence(w http.ResponseWriter, r *http.Request) {
	var form SilenceForm
	body := json.NewDecoder(r.Body)
	body.DisallowUnknownFields()
	if err := body.Decode(&form); err != nil {
		refuse(w, http.StatusBadRequest, fmt.Errorf("read silence: %w", err))
		return
	}
	q, err := form.Silence(time.Now())
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
	kept := FormOf(q)
	c.log.Info("silence begun", "silence", q.ID, "what", kept.What(), "when", kept.When())
	answer(w, http.StatusCreated, kept)
}

func (c *Control) expireSilence(w http.ResponseWriter, r *http.Request) {
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
func (c *Control) find(ctx context.Context, id string) (SilenceForm, bool, error) {
	all, err := c.silences(ctx)
	k := slices.IndexFunc(all, func(f SilenceForm) bool { return f.ID == id })
	if k < 0 {
		return SilenceForm{}, false, err
	}
	return all[k], true, nil
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client has gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, err error) { answer(w, status, refusal{err.Error()}) }
