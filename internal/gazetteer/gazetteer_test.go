package gazetteer_test

import (
	"testing"

	"guitu"
	"guitu/internal/gazetteer"
)

func TestName(t *testing.T) {
	for _, tt := range []struct {
		area guitu.Area
		want string
	}{
		{"371302", "山东省临沂市兰山区"},
		{"371300", "山东省临沂市"},
		{"370000", "山东省"},
		{"110108", "北京市海淀区"},
		{"429004", "湖北省仙桃市"},
		{"441900", "广东省东莞市"},
		{"", "全国"},
		{"999999", ""},
	} {
		if got := gazetteer.Name(tt.area); got != tt.want {
			t.Errorf("Name(%q) = %q, want %q", tt.area, got, tt.want)
		}
	}
}

func TestPoint(t *testing.T) {
	p, ok := gazetteer.Point("371302")
	if !ok || p.Lat < 35 || p.Lat > 35.3 || p.Lng < 118.2 || p.Lng > 118.5 {
		t.Errorf("Point(371302) = %v, %v, want a point in Linyi", p, ok)
	}
	if p, ok := gazetteer.Point(""); ok {
		t.Errorf("Point of the country = %v, want none", p)
	}
}

func TestLocate(t *testing.T) {
	for _, tt := range []struct {
		text string
		want guitu.Area
		name string
	}{
		{"在山东省临沂市兰山区某小区附近", "371302", "山东省临沂市兰山区"},
		{"在山东临沂兰山区附近", "371302", "山东临沂兰山区"},
		{"临沂有孩子走失", "371300", "临沂"},
		{"在临沂市走失", "371300", "临沂市"},
		{"北京市海淀区中关村", "110108", "北京市海淀区"},
		{"北京朝阳区", "110105", "北京朝阳区"},
		{"上海浦东新区", "310115", "上海浦东新区"},
		{"在广东佛山顺德走失", "440606", "广东佛山顺德"},
		{"南京鼓楼区", "320106", "南京鼓楼区"},
		{"福州市鼓楼区", "350102", "福州市鼓楼区"},
		{"鼓楼区一小区，家在徐州", "320302", "鼓楼区"},
		{"天津市宁河县", "120117", "天津市宁河县"},
		{"宁河县某村", "120117", "宁河县"},
		{"河北唐山滦县", "130284", "河北唐山滦县"},
		{"天津塘沽一小区", "120116", "天津塘沽"},
		{"上海市闸北区", "310106", "上海市闸北区"},
		{"在闸北走失", "310106", "闸北"},
		{"苏州平江区", "320508", "苏州平江区"},
		{"湖南平江县", "430626", "湖南平江县"},
		{"广州市东山区", "440104", "广州市东山区"},
		{"在东山区走失", "230406", "东山区"},
		{"江西省上饶县", "361104", "江西省上饶县"},
		{"四川省万县地区开县", "500154", "四川省万县地区开县"},
		{"扬州市泰县", "321204", "扬州市泰县"},
		{"广东省海南行政区儋县", "460400", "广东省海南行政区儋县"},
		{"邯郸地区邯郸市", "130400", "邯郸地区邯郸市"},
		{"吉林省四平市", "220300", "吉林省四平市"},
		{"济南市中区一小区", "370103", "济南市中区"},
		{"济南市市中区", "370103", "济南市市中区"},
		{"青岛市南区", "370202", "青岛市南区"},
		{"石家庄桥西区", "130104", "石家庄桥西区"},
		{"吉林市船营区", "220204", "吉林市船营区"},
		{"吉林松原", "220700", "吉林松原"},
		{"湖北仙桃", "429004", "湖北仙桃"},
		{"重庆市万州区", "500101", "重庆市万州区"},
		{"内蒙古通辽", "150500", "内蒙古通辽"},
		{"新疆喀什", "653100", "新疆喀什"},
		{"在恩施走失", "422800", "恩施"},
		{"香港走失", "810000", "香港"},
	} {
		area, start, end, ok := gazetteer.Locate(tt.text)
		if !ok || area != tt.want || tt.text[start:end] != tt.name {
			t.Errorf("Locate(%q) = %q (%s) %q, %v, want %q %q", tt.text, area, gazetteer.Name(area), tt.text[start:end], ok, tt.want, tt.name)
		}
	}
}

func TestLocateNothing(t *testing.T) {
	for _, text := range []string{
		"", "鼓楼区", "在鼓楼区走失", "城区里", "和平时期", "在南京路走失", "朝阳区", "平安回家", "太平了", "\xff\xfe临",
	} {
		if area, _, _, ok := gazetteer.Locate(text); ok {
			t.Errorf("Locate(%q) = %q (%s), want nothing", text, area, gazetteer.Name(area))
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("山东省临沂市兰山区\xff北京市")
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, m := range gazetteer.Find(s) {
			if m.Start < last || m.End <= m.Start || m.End > len(s) {
				t.Fatalf("Find(%q) = %+v after %d", s, m, last)
			}
			last = m.End
		}
	})
}

func TestPresent(t *testing.T) {
	for _, tt := range []struct{ area, want guitu.Area }{
		{"371302", "371302"},
		{"110103", "110101"}, // 崇文区 went into 东城区
		{"512222", "500154"}, // 开县 of 万县地区
		{"330104", "330100"}, // 江干区 was divided
		{"371399", "371300"}, // no such county
		{"", ""},
		{"999999", ""},
	} {
		if got := gazetteer.Present(tt.area); got != tt.want {
			t.Errorf("Present(%q) = %q (%s), want %q", tt.area, got, gazetteer.Name(got), tt.want)
		}
	}
	if p, ok := gazetteer.Point("110103"); !ok || p.Lat < 39.8 || p.Lat > 40 {
		t.Errorf("Point of a retired district = %v, %v, want that of what it has become", p, ok)
	}
}

func BenchmarkFind(b *testing.B) {
	const text = "急寻孩子，今天上午一个三岁多小女孩在山东省临沂市兰山区某小区附近走失，有知情者请联系家人，万分感谢，请各位朋友帮忙转发扩散，好人一生平安。"
	gazetteer.Find(text)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		gazetteer.Find(text)
	}
}
