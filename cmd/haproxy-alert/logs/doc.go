// Package logs reads old and growing log files for replay and explain: in the order of their
// lines, with the year each was written in, from a span of time where one is asked for.
package logs
