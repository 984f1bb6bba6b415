// Package header finds the parts of a line's header: priority, time, host, tag, process id.
//
//	<129>Nov 21 07:38:02 lb1 haproxy[28133]: Server be/s1 is DOWN
//	|PRI||---- time ----||host||tag| |pid|  |-- text, from Body to End
//
// Header.Read finds them from the left, by their structure; nothing that stands later in the
// line, in a URL or a user agent, can move the place where the text begins. All it gives are
// offsets, so that it neither copies nor allocates. FastPath is the same for the forms nearly
// every line has, and Cache for a log, whose lines mostly have the same header but for the
// time; tests hold both against Header.Read.
//
// It does not know Message (package syslog), nor what is wrapped around a line (package wrap).
package header
