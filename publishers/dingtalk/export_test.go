package dingtalk

// Limits is what the suite holds the publisher to.
var Limits = limits

// Escape makes a text Markdown.
var Escape = escape
