// Package program runs what tests and benchmarks need beside them, for real: it finds a
// program, writes its configuration, finds a free port, starts it in a process group of
// its own and keeps what it writes.
//
// A Process is ended by its id: when whoever started it says so, when its context ends,
// and by the kernel should the test binary die before that.
package program
