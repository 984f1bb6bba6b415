// Package scan has the small steps of reading a line from the left that the packages below
// syslog share: the place of a part, the next word, what a host name or a tag may look like,
// and texts that differ in digits alone. Nothing here allocates but Pattern.Learn.
package scan
