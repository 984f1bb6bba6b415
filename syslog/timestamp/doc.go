// Package timestamp reads the times that stand in headers and beside lines.
//
//	bytes -- Layout --> Civil, what a clock on the wall showed -- Clock --> moment
//
// A layout is recognised by its shape alone (LenBSD, LenISO); ParseCivil then reads it, and
// says whether any clock can show that. A Civil may lack its year, as RFC 3164's times do, and
// its zone. Clock settles both by a moment the line is near to.
//
// Nothing here allocates or fails, but that a time may be zero: unknown.
package timestamp
