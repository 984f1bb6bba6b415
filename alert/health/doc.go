// Package health is what each load balancer says of its servers, and of its own processes.
//
// A Table takes observed lines one by one and keeps, for each server that is not simply up
// everywhere, one View a load balancer: its Status as HAProxy's lines leave it, who wanted
// it so, and the latest check, whose reason is joined to the DOWN line after it. It also
// keeps which processes of a load balancer were heard of: a pid that is new is a reload.
//
// # Promises
//
//   - A server nobody spoke of is up, as HAProxy starts each server without a line.
//   - The whole of status against kind of line is one table, View.next.
//   - What a line can name is bounded by alert.MaxServers, alert.MaxObservers and
//     MaxProcesses; what is left out is counted.
//
// # It does not
//
// know incidents: what follows from a change of status is decided by package incident.
package health
