package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"haproxy-alert/alert"
)

// whyJSON writes one object a row.
type whyJSON struct{ enc *json.Encoder }

func (v *whyJSON) row(r whyRow) error { return v.enc.Encode(r) }

func (v *whyJSON) end(whyTotals) error { return nil }

// whyText writes a row a line, for a person who was just woken; nothing in it can
// drive a terminal.
type whyText struct {
	w    io.Writer
	zone *time.Location
	last time.Time
}

// newParagraph is after how long without a row a blank line is left.
const newParagraph = 10 * time.Minute

func (v *whyText) row(r whyRow) error {
	if !v.last.IsZero() && r.Time.Sub(v.last) > newParagraph {
		if _, err := fmt.Fprintln(v.w); err != nil {
			return err
		}
	}
	v.last = r.Time
	_, err := fmt.Fprintf(v.w, "%s  %-9s  %s\n", r.Time.In(v.zone).Format(clockForm), r.Type, visible(rowWords(r, v.zone)))
	return err
}

// rowWords puts a row into words.
func rowWords(r whyRow, zone *time.Location) string {
	switch r.Type {
	case whyLine:
		return rowLineWords(r, zone)
	case whyOpened, whyClosed:
		return rowIncidentWords(r)
	case whyTold:
		return "to " + strings.Join(r.Channels, ", ") + ": " + r.Text + rowAlongWords(r)
	case whyHeld, whyComing:
		return r.Rule + ": " + r.Text + rowAlongWords(r)
	case whySilence:
		return strings.TrimPrefix(r.Rule, "silence ") + ": " + r.Text
	case whyLifted:
		return r.Rule
	case whyDelivered, whyFailed, whyRefused, whyGaveUp, whyWaiting:
		return rowSendingWords(r)
	}
	return r.Text
}

func rowLineWords(r whyRow, zone *time.Location) string {
	words := r.Text
	if r.Observer != "" {
		words = r.Observer + ": " + words
	}
	if !r.Said.IsZero() {
		words += " (the line says " + r.Said.In(zone).Format(clockForm) + ")"
	}
	if r.Copy {
		words += " (a copy)"
	}
	if r.Rule != "" {
		words += " (told nothing: " + r.Rule + ")"
	}
	return words
}

func rowIncidentWords(r whyRow) string {
	words := r.Key
	if r.Type == whyClosed {
		words += " after " + alert.Duration(time.Duration(r.DurationS*float64(time.Second)))
	} else if r.Text != "" {
		words += ": " + r.Text
	}
	if r.Planned {
		words += " (planned)"
	}
	return words
}

func rowAlongWords(r whyRow) string {
	if r.Along {
		return " (told along with " + r.Key + ")"
	}
	return ""
}

// rowSendingWords tell how an attempt went; the notice itself was told before.
func rowSendingWords(r whyRow) string {
	words := r.Channel + ": " + r.Kind + " notice"
	if delay := time.Duration(r.DelayS * float64(time.Second)); delay >= time.Second {
		words += ", " + alert.Duration(delay) + " after it was due"
	}
	switch {
	case r.Type == whyWaiting && r.Attempt == 0:
		words += ", not answered yet"
	case r.Type == whyWaiting:
		words += ", " + counted(r.Attempt, "attempt") + " so far"
	case r.Attempt > 1 || r.Type == whyFailed:
		words += fmt.Sprintf(", attempt %d", r.Attempt)
	}
	if r.Error != "" {
		words += ": " + r.Error
	}
	return words
}

func (v *whyText) end(t whyTotals) error {
	_, err := fmt.Fprintf(v.w, "\n%s, %s told, %d held back, %s; the journal covers %s to %s\n",
		counted(t.Lines, "line"), counted(t.Told, "notice"), t.Held, counted(t.Open, "open incident"),
		t.First.In(v.zone).Format(clockForm), t.Last.In(v.zone).Format(clockForm))
	return err
}

// counted writes a number before a word.
func counted(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}
