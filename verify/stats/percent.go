package stats

import (
	"fmt"
	"strconv"
	"strings"
)

// Rounding is how a percentage is printed. Announcements differ: of 1,274 in 1,317 one printed 96.74, which is rounded, of 3,367 in
// 3,419 another 98.4, which is cut off.
type Rounding struct {
	Places   int  // digits behind the point, 0 to 6
	Truncate bool // what is beyond them is cut off; else halves are rounded up
}

// Ours is the rounding of guitu's own reports.
var Ours = Rounding{Places: 2}

// Percent prints n as a percentage of base, "96.74%"; "—" when the base is 0. It calculates with whole numbers, so the last digit
// is right.
func (r Rounding) Percent(n, base int) string {
	if base <= 0 {
		return "—"
	}
	scaled := int64(n) * 100
	for range r.Places {
		scaled *= 10
	}
	b := int64(base)
	if !r.Truncate {
		scaled += b / 2 // an odd base has no halves
	}
	digits := strconv.FormatInt(scaled/b, 10)
	if r.Places == 0 {
		return digits + "%"
	}
	digits = strings.Repeat("0", max(0, r.Places+1-len(digits))) + digits
	return digits[:len(digits)-r.Places] + "." + digits[len(digits)-r.Places:] + "%"
}

// Words say how r rounds, in Chinese and English.
func (r Rounding) Words() (zh, en string) {
	if r.Truncate {
		return fmt.Sprintf("保留%d位小数，其后舍去", r.Places), fmt.Sprintf("%d decimals, the rest cut off", r.Places)
	}
	return fmt.Sprintf("保留%d位小数，四舍五入", r.Places), fmt.Sprintf("%d decimals, rounded half up", r.Places)
}
