package template

import (
	"slices"

	"haproxy-alert/alert"
)

// Lazy is the words of a notice before anybody has read them. To write them takes ten
// times as long as all else that a fact comes to, and most are never read again: at a
// restart nearly all notices of the facts to fold went out long ago, and nobody reads
// what a rule keeps back.
//
// It holds all that the words are made of, as it was when the notice was flushed: so they
// are the same whenever they are written. The queues of all channels share it.
type Lazy struct {
	data                Data
	renderer            *Renderer // nil once they are written
	subject, body, html string
}

// Later renders the data when somebody needs the words.
func (r *Renderer) Later(d Data) *Lazy {
	d.Lines = slices.Clone(d.Lines) // an incident writes its latest over the one before
	return &Lazy{data: d, renderer: r}
}

// Put puts the words into the notice; nil has none to put there.
func (l *Lazy) Put(n *alert.Notice) {
	if l == nil {
		return
	}
	if l.renderer != nil {
		l.subject, l.body, l.html = l.renderer.Render(l.data)
		l.data, l.renderer = Data{}, nil
	}
	n.Subject, n.Body, n.HTML = l.subject, l.body, l.html
}
