// Package part holds the parts of the benchmark, a file each: replay.go, udp.go, tcp.go,
// steady.go, latency.go, journal.go, memory.go and start.go. A part is a struct that says
// how much is measured; Measure runs it and words what came out.
//
// What is compared runs in turns, ours, the peer's, ours, and the ratio is taken run by
// run, so that whatever else the machine does meets both. A peer that is not there is
// said to be missing, and the rest goes on.
package part
