// Package dedup tells copies of a log line from lines that are news.
//
// It takes observed facts in the order in which they were recorded and says of each
// whether the same line of the same process arrived before. The same line often reaches
// us several times: stock configurations log to local0 and to local1, a load balancer
// logs by UDP and by a ring, two relays forward it. Fast toggles, on the other hand, write
// lines that are alike to the byte within one second. So copies are told by how they
// arrive, never by text and time alone.
//
// # Promises
//
//   - DOWN, UP, DOWN stays three lines: what one path brings in a row is never a copy of
//     itself, but where the time in the header is finer than a second.
//   - What a bound leaves out (MaxStream, MaxPaths, twice alert.MaxServers) is taken for
//     news: a copy too many is told twice, an outage taken for a copy not at all.
//   - The same facts give the same answers: Filter has no clock, and is part of the
//     checkpoint.
package dedup
