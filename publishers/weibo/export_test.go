package weibo

// What the suite holds the publisher to: the limits as the texts are counted.
var (
	ShareLimits      = (&Publisher{limits: shareLimits}).count()
	CommercialLimits = (&Publisher{limits: commercialLimits}).count()
)
