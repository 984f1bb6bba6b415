// Package group decides when, together with what, and in which conversation people are
// told of what happens to incidents.
//
// A Group hears the steps of incidents (it is the incident.Audience). Each that is worth
// telling becomes a Transition in its Schedule: told when it is due, not before it is
// ready. A flush takes all that are ready when one is due:
//
//	Step -> Transition -> Schedule -> Due(now) -> Sequences -> Messages
//
// Transitions of one server that go to the same people are one Sequence, told as one
// story; many sequences of one sort are one Message, a digest. A row of digests is a
// storm, and gathers longer.
//
// A Conversation is what has been told of an incident, and to whom: what goes on or ends
// goes where the beginning went, as answers to it.
//
// # Promises
//
//   - Order: messages come in the order in which their transitions are ready, and then of
//     the events.
//   - Ids of notices hang on the incident, the transition and its ordinal alone, so the
//     same facts make the same notices, in whatever process.
//   - Due only reads; Flush, Said and Flushed say that it was told.
//   - Only this package changes a Conversation.
//
// # It does not
//
// write words, know channels' queues, or change incidents: what a told transition means
// for its incident comes back as an incident.Reached, which the engine passes on.
package group
