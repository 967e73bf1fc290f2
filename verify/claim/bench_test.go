package claim_test

import (
	"testing"
	"time"

	"guitu/verify/claim"
)

func BenchmarkRead(b *testing.B) {
	const post = "急寻孩子，求转发！今天上午一个三岁多的小女孩在临沂市兰山区东山市场附近被人抱走了，孩子说得出爸爸的电话，从监控上看是一个四十多岁的男人，大人都急疯了，有知情者请告知，万分感谢，看到的朋友留意一下，联系人 赵一诺 19900001001，必有重谢5万元"
	claim.Read(post, time.Time{})
	b.ReportAllocs()
	for b.Loop() {
		claim.Read(post, time.Time{})
	}
}
