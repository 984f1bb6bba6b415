// Package journal keeps alert's facts on disk, in order, so that a restart is a
// replay. It is the local alert.Journal: an append-only log on plain files.
//
//	DIR/lock                          one daemon a folder
//	DIR/00000000000000000001-0.facts  closed segment: facts 1 to 8191
//	DIR/00000000000000008192-0.facts  the segment that grows
//	DIR/checkpoint-00000000000000009000   the state after fact 9000
//
//	segment = record*
//	record  = magic, length, CRC32C, seq, payload (the fact as JSON)
//
// # Promises
//
// Durability: when Append returns nil its facts are on disk. One call is one
// write and one fdatasync; calls that wait at the same time share one.
//
// Order: sequence numbers start at 1 and have no gaps. Committed and replay give
// the same facts in the same order.
//
// Failure: after a write or sync error the file is never written or synced
// again, because the kernel forgets which pages did not reach the disk. The next
// Append starts a new segment, and the new segment's name, the first sequence
// number it may hold, says where the former one ends: what the failed call left
// behind it is not a fact. Only when the daemon dies before another Append
// succeeds may facts of the failed call turn up after all.
//
// Damage: nothing is given out that fails its checksum. Every damaged stretch is
// reported with file, offset and length, every missing fact with its number, and
// reading goes on at the next good record. Damaged files are never written to,
// cut or removed before their time; a torn tail is closed off by starting the
// next segment.
//
// Secrecy: folders are 0700, files 0600.
//
// # Goroutines
//
// None of its own, with two exceptions. While the reader of Committed is Backlog
// behind, one goroutine waits to hand over the rest of a commit; it ends when the
// reader takes it or with Close. While somebody ranges over Recovery.Facts, one
// decodes them ahead; it ends with that.
//
// # It does not
//
// It does not replicate, encrypt or compress, does not look into facts, and does
// not preallocate: on ext4 that gained 3 %, and zeros inside the file would be
// mistaken for damage, or damage for them. Nor does it encode on two cores or write
// in pieces that the kernel begins with early (sync_file_range): the other core wakes up
// as late as the first is done, and the sync was not shorter for it.
package journal
