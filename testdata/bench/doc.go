// Bench measures haproxy-alert beside what else could do a part of its work, and writes
// one table of ratios: `make bench`. Every figure is that of real programs on loopback,
// with files in a folder that is removed afterwards.
//
// What is compared runs in turns, ours, the peer's, ours, and the ratio is taken run by
// run, so that whatever else the machine does meets both. A peer that is not there is
// said to be missing, and the rest goes on.
//
// Each part is a file: replay.go, udp.go, tcp.go, steady.go, latency.go, journal.go,
// memory.go and start.go. The packages below hold what they share: peer starts programs, load makes
// lines and takes mails, report judges and writes.
package main
