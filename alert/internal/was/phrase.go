package was

import "slices"

// phrase is the words of a notice before anybody has read them. To write them takes ten
// times as long as all else that a fact comes to, and most are never read again: at a
// restart nearly all notices of the facts to fold went out long ago, and nobody reads
// what a rule keeps back.
//
// It holds all that the words are made of, as it was when the notice was sealed: so they
// are the same whenever they are written. The queues of all channels share it.
type phrase struct {
	scene               Scene
	words               *Words // nil once they are written
	subject, body, html string
}

func (s *State) phrase(sc Scene) *phrase {
	sc.Lines = slices.Clone(sc.Lines) // an incident writes its latest over the one before
	return &phrase{scene: sc, words: s.policy.Words}
}

// say puts the words into the notice; nil has none to put there.
func (p *phrase) say(n *Notice) {
	if p == nil {
		return
	}
	if p.words != nil {
		p.subject, p.body, p.html = p.words.write(p.scene)
		p.scene, p.words = Scene{}, nil
	}
	n.Subject, n.Body, n.HTML = p.subject, p.body, p.html
}
