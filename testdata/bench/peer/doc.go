// Package peer starts what a benchmark compares: haproxy-alert itself, and rsyslog,
// syslog-ng and HAProxy beside it, each with its own files in a folder, on loopback.
//
// A Process is ended by its id, when the benchmark stops it, when it is interrupted, and
// by the kernel should the benchmark die. Its processor time is read from its own clock,
// to the nanosecond.
//
// A Receiver takes log lines and keeps the health lines among them: haproxy-alert in its
// journal, the others in a file, by the rules that an operator would write for that.
package peer
