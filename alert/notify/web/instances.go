package web

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"haproxy-alert/alert/notify"
)

// maxOwed is how many ends are kept for an instance that is away; of further ones the
// alerts stay open there until ends_after, which is logged.
const maxOwed = 5000

// ends are alerts that are over, by their labels.
type ends map[string]postable

// send posts the alerts to every instance. One that takes them is enough: to the others
// Keep sends what is open, and the ends they missed, until our next restart.
func (a *Alertmanager) send(ctx context.Context, alerts []postable) error {
	results := make([]error, len(a.URLs))
	var wg sync.WaitGroup
	for k, base := range a.URLs {
		all := a.withOwed(base, alerts)
		wg.Go(func() { results[k] = a.sendTo(ctx, base, all) }) // a dead one costs the others nothing
	}
	wg.Wait()
	var errs notify.Causes
	for k, base := range a.URLs {
		if results[k] == nil {
			delete(a.owed, base)
			continue
		}
		errs = append(errs, results[k])
		a.owe(base, alerts)
	}
	switch {
	case len(errs) == len(a.URLs):
		return fmt.Errorf("alertmanager %s: %w", a.Name, errs)
	case len(errs) > 0 && a.log != nil:
		a.log.Warn("an alertmanager was not reached, another one was", "channel", a.Name, "err", errs)
	}
	return nil
}

// withOwed puts the ends that an instance missed before the alerts, but for those whose
// next outage is among them.
func (a *Alertmanager) withOwed(base string, alerts []postable) []postable {
	owed := maps.Clone(a.owed[base])
	for _, p := range alerts {
		delete(owed, p.identity())
	}
	var all []postable
	for _, key := range slices.Sorted(maps.Keys(owed)) {
		all = append(all, owed[key])
	}
	return append(all, alerts...)
}

// owe notes the ends that an instance was not there to hear of.
func (a *Alertmanager) owe(base string, alerts []postable) {
	if a.owed == nil {
		a.owed = map[string]ends{}
	}
	if a.owed[base] == nil {
		a.owed[base] = ends{}
	}
	now := time.Now()
	for _, p := range alerts {
		key := p.identity()
		delete(a.owed[base], key)
		switch {
		case p.EndsAt.After(now):
		case len(a.owed[base]) < maxOwed:
			a.owed[base][key] = p
		case a.log != nil:
			a.log.Error("an alertmanager misses an end, its alert stays open until ends_after", "channel", a.Name, "labels", key)
		}
	}
}

// identity is what makes two alerts the same one.
func (p postable) identity() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p.Labels)) {
		fmt.Fprintf(&b, "%s=%q ", name, p.Labels[name])
	}
	return b.String()
}

func (a *Alertmanager) sendTo(ctx context.Context, base string, alerts []postable) error {
	for batch := range slices.Chunk(alerts, maxBatch) {
		r := request{
			target: strings.TrimRight(base, "/") + "/api/v2/alerts", header: a.header(), secrets: []notify.Secret{a.Password},
		}
		if _, err := a.post(ctx, r, batch); err != nil {
			return err
		}
	}
	return nil
}
