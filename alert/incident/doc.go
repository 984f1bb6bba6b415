// Package incident is the life of incidents: what happened, and what belongs together.
//
// A Tracker takes observed lines, and what is noticed of their sources, and opens, goes
// on with and closes Records: of servers that are down or out of service as planned, of
// proxies without any server left, and of the troubles that are about no server (see
// Class). It never knows what people were told. What it has to say goes up to its
// Audience as Steps, in the order in which things happened:
//
//	line -> health.Table -> Tracker -> Step -> Audience (package group)
//	                           ^                  |
//	                           +---- Reached -----+  after a flush, through the engine
//
// # Composition
//
// An outage may be part of another one: that of a server is part of that of its proxy, or
// of the server that it tracks. Joined, it has no notice of its own. Whether it may join
// is the Audience's to say (Unheard, Covers); everything after is the incident's own: who
// is a member, when the whole is over, whose lines are shown.
//
// # Waits
//
// Some ends are made by a wait that nothing interrupted: a server is calm, a limit is not
// heard of any more, a reload left open whether an outage goes on. The Audience keeps the
// waits, with all its others, and Reached comes back when one is over and was told.
//
// # Promises
//
//   - The same lines make the same records with the same ids.
//   - What a line can name is bounded: alert.MaxServers, MaxTroubles, MaxSilent; what is
//     left out is counted.
//   - Only this package changes a Record.
package incident
