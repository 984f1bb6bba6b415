// Package wrap takes off what a journal, a container runtime or a log shipper put around a
// line, before its header is read:
//
//	journald.go    journalctl -o export
//	wrap.go        Docker's and Kubernetes' times, streams and tags
//	json.go        JSON objects one of whose members holds the line
//	cache.go       all of them, for a log whose lines are wrapped alike
//
// One layer comes off; what looks like a wrapping inside is text. What the wrapping says of
// the line, its host, tag, process id, time, severity and facility, is kept as it is written.
// A line is copied only where it stands there with escapes.
package wrap
