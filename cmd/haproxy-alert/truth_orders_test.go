package main

import (
	"regexp"
	"strings"
)

// listener changes how a listener answers.
func (w *world) listener(name string, a action) {
	if key, ok := agents[name]; ok {
		if a.Mode == "raw" {
			w.at(key).hear(a.Raw)
		}
		return
	}
	for _, key := range listeners[name] {
		s := w.at(key)
		silent := a.Mode == "refuse" || a.Mode == "blackhole"
		s.stopped = s.nolb && a.Mode == "s404"
		s.ails = silent || a.Mode != "ok" && !s.stopped && !s.layer4
		if !s.frozen {
			s.sick = s.ails
		}
	}
}

// hear takes what an agent says; after a # it speaks to people.
func (s *station) hear(text string) {
	text, _, _ = strings.Cut(text, "#")
	for word := range strings.FieldsSeq(text) {
		switch word {
		case "down", "fail", "stopped":
			s.agentDown = true
		case "up":
			s.agentDown = false
		case "maint":
			s.maint = true
		case "drain":
			s.drain = true
		case "ready":
			s.maint, s.drain = false, false
		}
		if percent, ok := strings.CutSuffix(word, "%"); ok {
			s.weightless = percent == "0"
		}
	}
}

// command takes a command of the stats socket. "set server ... health" is left out:
// the next checks overrule it.
func (w *world) command(words []string, reply string) {
	order := strings.Join(words[:min(2, len(words))], " ")
	if len(words) < 3 || strings.Contains(reply, "not enabled") {
		return
	}
	switch order {
	case "set server":
		words = append(words, "", "")
		w.at(words[2]).set(words[3], words[4])
	case "set weight":
		w.at(words[2]).set("weight", append(words, "")[3])
	case "disable server":
		w.at(words[2]).maint = true
	case "enable server":
		w.at(words[2]).maint = false
	case "disable health":
		w.at(words[2]).frozen = true
	case "enable health":
		s := w.at(words[2])
		s.frozen, s.sick = false, s.ails
	case "add server":
		proxy, _, _ := strings.Cut(words[2], "/")
		if strings.Contains(reply, "registered") {
			w.servers[words[2]] = &station{proxy: proxy, maint: true}
		}
	case "del server":
		delete(w.servers, words[2])
	}
}

var zero = regexp.MustCompile(`^0+%?$`)

// set takes "set server".
func (s *station) set(what, to string) {
	switch what + " " + to {
	case "state maint":
		s.maint = true
	case "state drain":
		s.maint, s.drain = false, true
	case "state ready":
		s.maint, s.drain = false, false
	case "agent down":
		s.agentDown = true
	case "agent up":
		s.agentDown = false
	}
	if what == "weight" {
		s.weightless = zero.MatchString(to)
	}
}

// page takes an action of the stats page.
func (w *world) page(key, order string) {
	switch s := w.at(key); order {
	case "maint", "disable":
		s.maint = true
	case "drain", "stop":
		s.maint, s.drain = false, true
	case "ready", "enable", "start":
		s.maint, s.drain = false, false
	}
}

// resolve takes what the name server answers from then on.
func (w *world) resolve(zone map[string]any) {
	for host, keys := range map[string][]string{
		"app1.corpus.test": {"be_dns/dns1"}, "pool.corpus.test": {"be_dns/tpl1", "be_dns/tpl2"},
	} {
		answer, asked := zone[host]
		addresses, _ := answer.([]any)
		for k, key := range keys {
			if asked {
				w.at(key).unresolved = k >= len(addresses)
			}
		}
	}
}
