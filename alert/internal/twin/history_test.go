package twin_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// A history is what happens to two load balancers with two proxies of two or three servers
// each, where those of py may follow those of px; mostly as HAProxy would write it, now and
// then as it never would.
type history struct {
	t     *rapid.T
	at    time.Time
	lbs   [2]balancer
	size  int // servers of each proxy
	track bool
	due   []alert.Fact // lines that follow what was drawn last
	last  alert.Fact   // the latest line
	runs  int          // of silences given so far
	quiet alert.Fact   // the latest trouble of a source, until it is over
}

type balancer struct {
	host  string
	pid   int
	state [2][3]string // by proxy and server: "", "down", "maint", "drain"
}

var (
	proxies = [2]string{"px", "py"}
	servers = [3]string{"a", "b", "c"}
)

func newHistory(t *rapid.T) *history {
	h := &history{t: t, at: start, size: pick(t, "servers", 2, 2, 3), track: rapid.Bool().Draw(t, "via")}
	h.lbs[0], h.lbs[1] = balancer{host: "lb1", pid: 100}, balancer{host: "lb2", pid: 200}
	return h
}

// pause is how long it is to the next fact. The waits of the rules are among them, and
// moments beside them.
func (h *history) pause() time.Duration {
	if one(h.t, "long", 60) {
		return 11 * time.Minute
	}
	return pick(h.t, "pause", 0, 0, time.Millisecond, 20*time.Millisecond, 20*time.Millisecond, 199*time.Millisecond, 200*time.Millisecond,
		500*time.Millisecond, time.Second, 2*time.Second, 2*time.Second, 3*time.Second, 4*time.Second, 7*time.Second, 20*time.Second,
		61*time.Second)
}

// next draws the fact that comes next.
func (h *history) next() alert.Fact {
	if len(h.due) > 0 && !one(h.t, "something between", 8) {
		f := h.due[0]
		h.due = h.due[1:]
		if f.Time.After(h.at) {
			h.at = f.Time
		}
		f.Time = h.at
		return f
	}
	h.at = h.at.Add(h.pause())
	lb := &h.lbs[pick(h.t, "balancer", 0, 0, 1)]
	switch pick(h.t, "what", "turn", "turn", "turn", "turn", "turn", "turn", "work", "work", "empty", "empty", "storm", "reload", "reload", "same", "none",
		"check", "odd", "odd", "copy", "silence", "expire", "source", "source", "trouble", "time", "time") {
	case "turn":
		h.turn(lb, h.proxy(), h.server())
	case "work":
		h.work(lb, h.proxy(), h.server())
	case "empty":
		h.empty(lb, h.proxy())
	case "storm":
		for range rapid.IntRange(2, 6).Draw(h.t, "turns") {
			h.turn(lb, h.proxy(), h.server())
		}
	case "reload":
		h.reload(lb)
	case "same": // the other balancer sees it, too
		if h.last.Event.Server != "" {
			other := h.lbs[pick(h.t, "other", 0, 1)]
			h.line(other, 0, h.last.Text)
		}
	case "none":
		h.line(*lb, 0, "backend "+proxies[h.proxy()]+" has no server available!")
	case "check":
		verb, status := "failed", "0/2 DOWN"
		if one(h.t, "passes", 3) {
			verb, status = "succeeded", "3/3 UP"
		}
		h.line(*lb, 0, fmt.Sprintf("Health check for server %s/%s %s, reason: Layer4 timeout, check duration: 1ms, status: %s.",
			proxies[h.proxy()], servers[h.server()], verb, status))
	case "odd":
		h.odd(*lb)
	case "copy":
		if f := h.last; f.Kind == alert.Observed {
			f.Source.Listener = pick(h.t, "listener", "another", "")
			f.Time = h.at
			h.due = append(h.due, f)
		}
	case "silence":
		h.runs++
		h.order(alert.Fact{Silence: anySilence(h.t, fmt.Sprint("run", h.runs), h.at)})
	case "expire":
		h.order(alert.Fact{Silence: alert.Silence{ID: fmt.Sprint("run", max(h.runs, 1))}, Expire: true})
	case "source":
		h.source()
	case "trouble":
		h.line(*lb, 0, pick(h.t, "trouble", "Proxy px reached process FD limit (maxsock=1024). Please check 'ulimit-n' and restart.",
			"socket(): not enough free sockets. Raise -n argument. Giving up.", "12 events dropped",
			"soft-stop running for too long, performing a hard-stop.", "Proxy py hard-stopped (2 remaining conns will be closed)."))
	}
	if len(h.due) > 0 {
		return h.next()
	}
	return alert.Fact{Kind: alert.Operator, Time: h.at}
}

func (h *history) proxy() int { return pick(h.t, "proxy", 0, 0, 1) }

// server draws one: the first mostly, so that something flaps.
func (h *history) server() int { return pick(h.t, "server", 0, 0, 0, 1, h.size-1) }

// line has a balancer write a line so long after the one before.
func (h *history) line(lb balancer, after time.Duration, text string) {
	ev, ok := parse.Line(text)
	if !ok {
		h.t.Fatalf("no health line: %q", text)
	}
	at := h.at
	if n := len(h.due); n > 0 {
		at = h.due[n-1].Time
	}
	at = at.Add(after)
	f := alert.Fact{Kind: alert.Observed, Time: at, At: at, Event: ev, Text: text, Source: alert.Source{Host: lb.host, Tag: "haproxy", PID: lb.pid}}
	if one(h.t, "late", 12) {
		f.At = at.Add(-pick(h.t, "by", time.Second, 3*time.Second, 2*time.Minute))
	}
	if one(h.t, "from a file", 12) {
		f.Mark = alert.Mark{Path: "/log", Inode: 7, Offset: at.Sub(start).Milliseconds(), Head: 3}
	}
	h.due = append(h.due, f)
	h.last = f
}

func (h *history) order(f alert.Fact) {
	f.Kind, f.Time = alert.Operator, h.at
	h.due = append(h.due, f)
}

func (h *history) source() {
	if h.quiet.Quiet != "" && rapid.Bool().Draw(h.t, "over") {
		f := h.quiet
		f.At, f.Heard = h.at, true
		h.quiet = alert.Fact{}
		h.order(f)
		return
	}
	f := alert.Fact{Quiet: pick(h.t, "source", "lb1", "lb1", "lb9"), At: h.at, Heard: rapid.Bool().Draw(h.t, "heard")}
	switch pick(h.t, "sort", "quiet", "quiet", "lost", "miss", "fin") {
	case "lost":
		f.Lost = rapid.IntRange(1, 3).Draw(h.t, "lost")
	case "miss":
		f.Miss = alert.Miss{Times: rapid.IntRange(1, 2).Draw(h.t, "times"), Cause: "it was truncated", File: "/log"}
	case "fin":
		f = alert.Fact{Mark: alert.Mark{Path: "/log", Inode: 7, Head: uint64(h.runs)}, Finished: true}
	}
	if !f.Heard {
		h.quiet = f
	}
	h.order(f)
}

func (lb *balancer) left(proxy, size int) int {
	n := 0
	for k := range size {
		if lb.state[proxy][k] == "" {
			n++
		}
	}
	return n
}

// counts are those of a line, true ones mostly.
func (h *history) counts(lb *balancer, proxy int, word string) string {
	n := lb.left(proxy, h.size)
	if one(h.t, "wrong count", 20) {
		n = rapid.IntRange(0, 1).Draw(h.t, "count")
	}
	if word == "left" {
		return fmt.Sprintf(". %d active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.", n)
	}
	return fmt.Sprintf(". %d active and 0 backup servers online. 0 sessions requeued, 0 total in queue.", n)
}

// turn takes a server down, or up again, and with it who follows it.
func (h *history) turn(lb *balancer, proxy, server int) {
	st := &lb.state[proxy][server]
	name := proxies[proxy] + "/" + servers[server]
	follows := h.track && proxy == 0 && !one(h.t, "alone", 4)
	if follows && one(h.t, "follower first", 3) {
		h.follow(lb, server, *st == "")
		follows = false
	}
	if *st != "" {
		*st = ""
		h.line(*lb, h.gap(), "Server "+name+" is UP, reason: Layer4 check passed, check duration: 0ms"+h.counts(lb, proxy, "online"))
	} else {
		*st = "down"
		h.line(*lb, h.gap(), "Server "+name+" is DOWN, reason: "+pick(h.t, "reason", "Layer4 timeout", "Layer4 connection problem")+", check duration: 1ms"+h.counts(lb, proxy, "left"))
		h.none(lb, proxy)
	}
	if follows {
		h.follow(lb, server, *st != "")
	}
}

// follow has the server of py that follows one of px go down or come up.
func (h *history) follow(lb *balancer, server int, down bool) {
	if down {
		lb.state[1][server] = "down"
		h.line(*lb, h.gap(), fmt.Sprintf("Server py/%s is DOWN via px/%s%s", servers[server], servers[server], h.counts(lb, 1, "left")))
		h.none(lb, 1)
		return
	}
	lb.state[1][server] = ""
	h.line(*lb, h.gap(), fmt.Sprintf("Server py/%s is UP via px/%s%s", servers[server], servers[server], h.counts(lb, 1, "online")))
}

// none says that nobody is left, if so; a lossy path may lose it.
func (h *history) none(lb *balancer, proxy int) {
	if lb.left(proxy, h.size) == 0 && !one(h.t, "lost", 4) {
		h.line(*lb, pick(h.t, "sentence", 0, 0, 150*time.Millisecond, 250*time.Millisecond), "backend "+proxies[proxy]+" has no server available!")
	}
}

func (h *history) gap() time.Duration {
	return pick(h.t, "gap", 0, 0, time.Millisecond, 50*time.Millisecond, time.Second)
}

// empty takes all servers of a proxy down, and one of them up and down again for a while.
func (h *history) empty(lb *balancer, proxy int) {
	for k := range h.size {
		if lb.state[proxy][k] == "" {
			h.turn(lb, proxy, k)
		}
	}
	for range pick(h.t, "again", 0, 1, 2, 5) {
		h.turn(lb, proxy, pick(h.t, "one", 0, 0, 1))
	}
}

// work is what an operator does with a server.
func (h *history) work(lb *balancer, proxy, server int) {
	st := &lb.state[proxy][server]
	name := "Server " + proxies[proxy] + "/" + servers[server]
	switch *st {
	case "":
		*st = pick(h.t, "work", "maint", "maint", "drain")
		if *st == "maint" {
			h.line(*lb, 0, name+" is going DOWN for maintenance"+h.counts(lb, proxy, "left"))
		} else {
			h.line(*lb, 0, name+" enters drain state"+h.counts(lb, proxy, "online"))
		}
		h.none(lb, proxy)
	case "down":
		*st = "maint"
		h.line(*lb, 0, name+" was DOWN and now enters maintenance.")
	case "maint":
		*st = pick(h.t, "ready", "", "down")
		h.line(*lb, 0, name+" is "+map[string]string{"": "UP/READY", "down": "DOWN/READY"}[*st]+" (leaving forced maintenance).")
	case "drain":
		*st = ""
		h.line(*lb, 0, name+" is UP (leaving forced drain).")
	}
}

// reload starts a new process, which takes all servers for up until it has checked them.
func (h *history) reload(lb *balancer) {
	if one(h.t, "stopped", 2) {
		h.line(*lb, 0, "Proxy px stopped (cumulated conns: FE: 10, BE: 0).")
	}
	was := *lb
	if !one(h.t, "same pid", 6) {
		lb.pid++
	}
	if one(h.t, "started", 2) {
		h.line(*lb, h.gap(), "Proxy px started.")
	}
	lb.state = [2][3]string{}
	for p := range 2 {
		for s := range h.size {
			if was.state[p][s] == "down" && !one(h.t, "healed", 3) {
				h.turn(lb, p, s)
			}
		}
	}
}

// odd is a line as HAProxy would hardly write it here.
func (h *history) odd(lb balancer) {
	name := proxies[h.proxy()] + "/" + servers[h.server()]
	text := pick(h.t, "body",
		"Server %s is DOWN via px/a. %s left. 0 sessions active, 0 requeued, 0 remaining in queue.",
		"Server %s is DOWN, changed from CLI. %s left. 0 sessions active, 0 requeued, 0 remaining in queue.",
		"Server %s is DOWN, reason: Layer4 timeout, check duration: 1ms. %s left. 0 sessions active, 0 requeued, 0 remaining in queue.",
		"Server %s is UP, reason: Layer4 check passed, check duration: 0ms. %s online. 0 sessions requeued, 0 total in queue.",
		"Server %s is stopping, reason: Layer7 check conditionally passed, code: 404, check duration: 0ms. %s online. 0 sessions requeued, 0 total in queue.",
		"Server %s is UP/READY (leaving forced maintenance).", "Server %s is UP (leaving forced drain).")
	count := pick(h.t, "count", "0 active and 0 backup servers", "1 active and 0 backup servers")
	if ev, ok := parse.Line(fmt.Sprintf(text, name, count)); ok && ev.Server != "" {
		h.line(lb, 0, fmt.Sprintf(text, name, count))
		return
	}
	h.line(lb, 0, fmt.Sprintf(text, name))
}
