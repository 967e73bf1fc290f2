// Package console is the officers' web console: the bot's questions and buttons in a browser, and what an administrator needs
// beside them (officers, deliveries, sources, jobs). It is rendered on the server and works without JavaScript.
package console
