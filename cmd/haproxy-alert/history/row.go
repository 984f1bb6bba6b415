package history

import (
	"fmt"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/cmd/haproxy-alert/term"
)

// nothing says that a journal has no word of what was asked for, and what it covers.
func (t WhyTotals) nothing(dir string) string {
	if t.First.IsZero() {
		return fmt.Sprintf("the journal %s is empty", dir)
	}
	return fmt.Sprintf("no word of it in the journal %s, which begins at %s", dir, t.First.Local().Format(term.ClockForm))
}

// WhyRow is one row of what `why` tells, and its JSON. What does not apply is absent.
type WhyRow struct {
	Type whyType   `json:"type"`
	Time time.Time `json:"time"` // by our clock
	Key  string    `json:"key,omitempty"`
	// Observer, Text and Said are a health line; Said is the line's own time where that
	// is not Time. Text is also a notice's subject, an incident's reason, a comment.
	Observer string    `json:"observer,omitempty"`
	Said     time.Time `json:"said,omitzero"`
	Kind     string    `json:"kind,omitempty"` // of the line or of the notice
	Text     string    `json:"text,omitempty"`
	// Copy says that the line had come already, by another way.
	Copy bool `json:"copy,omitempty"`

	Incident  string  `json:"incident,omitempty"`
	Planned   bool    `json:"planned,omitempty"`
	Severity  string  `json:"severity,omitempty"`
	DurationS float64 `json:"duration_s,omitempty"`

	Notice   string   `json:"notice,omitempty"`
	Channels []string `json:"channels,omitempty"`
	// Rule is what keeps a notice back, or the silence that begins or ends.
	Rule string `json:"rule,omitempty"`
	// Along says that it is told along with another incident, that of Key.
	Along bool `json:"along,omitempty"`

	Channel string `json:"channel,omitempty"`
	Attempt int    `json:"attempt,omitempty"`
	// DelayS is how long after the notice became due.
	DelayS float64 `json:"delay_s,omitempty"`
	Error  string  `json:"error,omitempty"`
}

// whyType is the sort of a row.
type whyType string

// The sorts of rows.
const (
	WhyLine      whyType = "line"      // a health line
	WhyOpened    whyType = "opened"    // an incident
	WhyClosed    whyType = "closed"    // an incident
	WhyTold      whyType = "told"      // a notice, and who is to hear it
	WhyHeld      whyType = "held"      // a notice, and the rule that keeps it back
	WhyDelivered whyType = "delivered" // an attempt of a channel
	WhyFailed    whyType = "failed"
	WhyRefused   whyType = "refused"
	WhyGaveUp    whyType = "gave up"
	WhySilence   whyType = "silence" // an operator's command
	WhyLifted    whyType = "lifted"
	WhyWaiting   whyType = "waiting" // a notice that a channel has not taken yet
	WhyComing    whyType = "coming"  // a notice that is not due yet
)

// outcomes are the rows of what became of an attempt.
var outcomes = map[alert.FactKind]whyType{
	alert.Delivered: WhyDelivered, alert.Failed: WhyFailed, alert.Refused: WhyRefused, alert.GaveUp: WhyGaveUp,
}

// WhyTotals are what a tale comes to.
type WhyTotals struct {
	// Lines, Told and Held count the rows shown, Open the incidents that are open.
	Lines, Told, Held, Open int
	// Known says that there were rows at all, shown or not.
	Known bool
	// First and Last are the times of the journal's first and last fact.
	First, Last time.Time
	// Strays are outcomes in the journal of notices, of any server, that were not due by
	// today's rules and the lines that the journal still has.
	Strays int
}

func (t *WhyTotals) count(row whyType) {
	switch row {
	case WhyLine:
		t.Lines++
	case WhyTold:
		t.Told++
	case WhyHeld:
		t.Held++
	default:
	}
}

// WhyView writes what `why` tells.
type WhyView interface {
	Row(WhyRow) error
	End(WhyTotals) error
}
