package receive

import (
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/internal/scan"
	"net/netip"
)

// giver hands the frames of one reader to the Sink. What a read brought it counts by
// itself and adds to the Receiver's counters once, since all readers share those. It
// belongs to the one goroutine that reads.
type giver struct {
	count *counters
	sink  Sink
	most  int // the longest frame

	peer               netip.Addr // of the last frame of this read
	frames, bytes, cut uint64     // of this read
}

func (r *Receiver) giver(sink Sink) giver {
	return giver{count: &r.count, sink: sink, most: r.config.MaxFrame}
}

// give hands a frame over, without line end and padding; nothing is left of an empty
// line.
func (g *giver) give(data []byte, peer netip.Addr, cut bool) {
	data = data[:scan.TrimmedEnd(data)]
	if len(data) == 0 {
		return
	}
	if len(data) > g.most {
		data, cut = data[:g.most], true
	}
	first := g.frames == 0 || peer != g.peer
	g.peer = peer
	g.frames++
	g.bytes += uint64(len(data))
	if cut {
		g.cut++
	}
	g.sink(syslog.Frame{Data: data, Peer: peer, Cut: cut, First: first})
}

// settle ends a read: its frames are counted for all to see.
func (g *giver) settle() {
	if g.frames == 0 {
		return
	}
	g.count.frames.Add(g.frames)
	g.count.bytes.Add(g.bytes)
	if g.cut > 0 {
		g.count.cut.Add(g.cut)
	}
	g.frames, g.bytes, g.cut = 0, 0, 0
}
