// Package intake leads lines from sockets and followed files to the loop: it drops what is
// not about health, keeps the rest while a disk is slow, and tells who fell silent and what
// was lost on the way.
package intake
