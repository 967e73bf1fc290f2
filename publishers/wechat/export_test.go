package wechat

// Limits is what the suite holds the publisher to.
var Limits = limits
