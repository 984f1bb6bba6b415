// Package framing cuts the bytes of a stream into frames, as syslog sends them over TCP
// (RFC 6587): with octet counts, or with a line end behind each.
//
//	read into Space --> Filled --> Next, Next, ... until there is none --> ... --> Rest
//
// Promises:
//
//   - Frames come out the same however a stream was chopped on its way. Too long
//     ones are cut, and the stream goes on.
//   - No stream can make it hold more than a frame's most bytes and a count.
//   - What is dropped is counted (Bad), but for the rest of a cut frame: that is told.
package framing
