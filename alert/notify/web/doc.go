// Package web has the channels whose peers speak HTTP: webhook, Slack and its like, Teams,
// ntfy, Telegram, Alertmanager and PagerDuty.
//
// Each embeds Web, how it reaches its peer, and turns a notice into one request or several.
// Web carries them: one client with deadlines, no redirect to another host, Retry-After
// honoured, and one rule for what is final (an answer 4xx that no retry can mend).
//
// # Promises
//
//   - Addresses and tokens are secrets: no error, log or trace shows them, also where a peer
//     repeats them in its answer.
//   - What a server wrote cannot mention people, show one link and lead to another, or grow
//     a message over what its peer takes.
//   - Peers that keep a state (Alertmanager, PagerDuty) know an incident by its key; what
//     ends there is ended whatever happened in between.
package web
