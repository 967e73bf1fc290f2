package bot

import (
	"time"

	"guitu"
)

// Reminded tells an officer that the certificate ends, by its last day.
func Reminded(o guitu.Officer, zone *time.Location) string {
	if zone == nil {
		zone = Beijing
	}
	last := o.CertifiedUntil.In(zone).Add(-time.Nanosecond)
	return o.Name + "：您的资格" + last.Format("2006年1月2日") + "到期。到期后不能作出核查结论，也不能发布警报。请联系管理员续期。"
}
