package template

import (
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// Data is what the words of a notice are made of.
type Data struct {
	alert.Notice
	// Mark is the word in the subject's brackets: DOWN, UP, PARTLY UP, MAINT.
	Mark string
	// What says it in a few words: "Layer4 timeout", "no server available".
	What string
	// Left tells the proxy's usable servers: "1 of 3 left", "3 of 3 online".
	Left string
	// Empty says that the proxy has no usable server, also when this one is up.
	Empty bool
	// After tells how long it lasted, at its end: " after 42s", ", was down 42s".
	After string
	// Lasted is how long the outage lasted, or has lasted when the line came.
	Lasted time.Duration
	// Failed is how many failed checks led to it.
	Failed int
	// Event is the line that opened the incident, with the reason joined.
	Event parse.Event
	// Servers are the proxy's servers that are not up, when the notice is about a
	// proxy.
	Servers []alert.ServerNote
	// Along are servers of other proxies that went down because they track one of
	// these.
	Along []alert.ServerNote
	// Digest is how many servers and proxies a digest tells of; it lists the first
	// ones in Servers, and What sums them up.
	Digest int
	// Availability tells how much of the last day, week and month it was not down.
	Availability string
	// Notes say what the lines do not, such as why nobody is named.
	Notes []string
	// Lines are the first log lines and the latest, Cut how many more there were between
	// them.
	Lines []alert.Line
	Cut   int
}
