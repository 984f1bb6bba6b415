// Package follow reads a log file as it grows, across rotation.
//
//	Config --Open--> Follower --Run--> Record, Record, ...
//	    rotated files in their order -> next -> source -> logfile.Splitter -> a line and its Position
//
// A Follower gives each line of its log once and in order, whole, however the log is rotated:
// renamed, copied and truncated, packed, several times between two looks. One that begins at a
// Position, any that was ever given, goes on behind it. What it cannot find, it says.
//
// A position is a file and a place in it. The file is known by device and inode and by a
// hash of its first KiB, so that it is found after a rename, a copy or a compression; the
// head is compared after each read and before its lines are given, so that what was
// truncated and written again is never read from its middle. By the same head, and where
// the file ended, one that was taken to its end is known again under any name: only what
// was added to it since is read. A file that was rotated away is read on until something
// stands in the one behind it and nothing was added to it for settle: whoever writes it
// keeps it open until he is told.
//
// Some things nobody could know. What copytruncate loses between its copy and its
// truncation is lost; a line it tears in two is given as two, and so is one that a
// container's runtime divides between two files. A log that begins with the very KiB
// another began with is taken for that one. One that has less than a KiB is known again
// only if nobody wrote to it since, for lines without times may be alike: should somebody
// touch it, and give it the name of a newer one, it is read once more. A file that was not
// taken yet, and gets the name of one older than the position's, is taken for one that
// was. Files that rotation puts into another folder are found if that is Config.OldDir;
// else that is told, as a Gap. After a power loss a file may lack what had been read of
// it: its head and the bytes before the place tell, and where they differ that is said.
//
// # Goroutines
//
// Follower.Run reads and calls its sink in the caller's goroutine. Two more, one of
// them fsnotify's, wait for the file system to say that something happened; they end
// with Run.
package follow
