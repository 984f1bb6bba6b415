// Package control is how an operator speaks to the running daemon: HTTP and JSON on a unix
// socket, its server, its client, and the forms both write. It takes what it tells by function
// fields, and changes the state through the loop alone.
package control
