// Package peer starts what a benchmark compares: haproxy-alert itself, and rsyslog,
// syslog-ng and HAProxy beside it, each with its own files in a folder, on loopback.
//
// A Receiver takes log lines and keeps the health lines among them: haproxy-alert in its
// journal, the others in a file, by the rules that an operator would write for that. Its
// processor time is read from its own clock, to the nanosecond. A Balancer checks the
// servers of a Farm, logs and mails. A Command runs to its end.
package peer
