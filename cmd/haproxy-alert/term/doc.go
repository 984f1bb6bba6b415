// Package term is what the commands share at a terminal: safe text, counted words, how a
// time is written, output that is seen promptly, and the fault of a command line.
package term
