package follow

import (
	"crypto/sha256"
	"encoding/binary"
	"io/fs"
)

// fingerprintSize is how much of a file's beginning tells it from all others: several lines,
// each with its time.
const fingerprintSize = 1 << 10

// Position is how far a Follower has taken a log. A new Follower goes on from there,
// whatever became of the file meanwhile.
type Position struct {
	// Path is the log's, as it was asked for.
	Path string
	// Dev and Inode name the file that stood there, zero where the system has none. A
	// rename keeps them, a copy does not.
	Dev, Inode uint64
	// Offset is behind a whole line, in bytes, decompressed. Skip lines behind it have
	// been taken too: of a line in parts, or one that is too long, the end had not come.
	Offset int64
	Skip   int
	// Head is a hash of the file's first HeadSize bytes: 1 KiB, or what it had.
	Fingerprint     uint64
	FingerprintSize int
	// Tail are the 8 bytes before Offset; 0 when they are not known. After a power loss
	// a file may have lost what had been read of it, and have other lines there.
	Tail uint64
	// Modified is when the file had been written last, in unix ns: what came after it
	// was written later.
	Modified int64
	// Since is when all that was in the log had been taken, in unix ns; 0 when never.
	// No line behind the position was written before.
	CaughtUpAt int64
}

// empty says that nothing is known of what the file holds: it held nothing, or was not
// there at all.
func (p Position) empty() bool { return p.FingerprintSize == 0 }

// isOf reports whether the file has the position's inode.
func (p Position) isOf(info fs.FileInfo) bool {
	dev, inode := inodeOf(info)
	return dev == p.Dev && inode == p.Inode
}

// begins reports whether a file that has this beginning may be the position's.
func (p Position) begins(head []byte) bool {
	return len(head) >= p.FingerprintSize && hashOf(head[:p.FingerprintSize]) == p.Fingerprint
}

func hashOf(head []byte) uint64 {
	if len(head) == 0 {
		return 0
	}
	sum := sha256.Sum256(head)
	return binary.BigEndian.Uint64(sum[:])
}
