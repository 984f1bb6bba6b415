package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// outcome is what became of the recipients of a letter. Each of them is done,
// refused or waiting.
type outcome struct {
	done    []string // a relay took the letter for them
	answer  string   // in these words, often with its queue's id
	waiting []string // to be tried again
	trouble causes   // why they wait
	refused causes   // the refusals of those that are neither
}

// settled is one answer for the recipients it concerns: a refusal ends them, any
// other trouble leaves them waiting.
func settled(err error, refused bool, to []string) outcome {
	if refused {
		return outcome{refused: causes{err}}
	}
	return outcome{waiting: to, trouble: causes{err}}
}

// add joins what became of different recipients.
func (o outcome) add(next outcome) outcome {
	return outcome{
		done:    slices.Concat(o.done, next.done),
		answer:  cmp.Or(next.answer, o.answer),
		waiting: slices.Concat(o.waiting, next.waiting),
		trouble: slices.Concat(o.trouble, next.trouble),
		refused: slices.Concat(o.refused, next.refused),
	}
}

// at adds to every error which relay it was.
func (o outcome) at(relay string) outcome {
	for _, list := range []causes{o.trouble, o.refused} {
		for i, err := range list {
			list[i] = fmt.Errorf("relay %s: %w", relay, err)
		}
	}
	return o
}

// why returns the reason for which recipients still wait.
func (o outcome) why(ctx context.Context) error {
	switch {
	case len(o.trouble) > 0:
		return o.trouble
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return errors.New("no relay is set")
}

// maxCauses is how many errors are told; of the others, only how many.
const maxCauses = 8

// causes are errors told on one line.
type causes []error

func (c causes) Error() string { return c.text() }

func (c causes) Unwrap() []error { return c }

func (c causes) text() string {
	var texts []string
	for _, err := range c[:min(len(c), maxCauses)] {
		texts = append(texts, err.Error())
	}
	if more := len(c) - maxCauses; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, "; ")
}
