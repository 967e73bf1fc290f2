package weibohtml

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Weibo writes a post's number (mid) in addresses as a bid: its digits in groups of seven from the right, each group in base
// 62 with four digits, but for the leading zeros of the first group.
const digits62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// maxMID is how many digits a mid has at most; those of today have sixteen.
const maxMID = 20

var errID = errors.New("no id of Weibo's")

// BID returns the bid of a mid: "4567890123456789" in an address.
func BID(mid string) (string, error) {
	if mid == "" || len(mid) > maxMID || mid[0] == '0' || strings.Trim(mid, "0123456789") != "" {
		return "", errID
	}
	bid := ""
	for end := len(mid); end > 0; end -= 7 {
		n, err := strconv.Atoi(mid[max(0, end-7):end])
		if err != nil {
			return "", errID
		}
		group := ""
		for ; n > 0; n /= 62 {
			group = string(digits62[n%62]) + group
		}
		if end > 7 {
			group = strings.Repeat("0", 4-len(group)) + group
		}
		bid = group + bid
	}
	return bid, nil
}

// MID returns the mid of a bid.
func MID(bid string) (string, error) {
	if bid == "" || len(bid) > 12 || bid[0] == '0' {
		return "", errID
	}
	mid := ""
	for end := len(bid); end > 0; end -= 4 {
		n := 0
		for _, c := range bid[max(0, end-4):end] {
			d := strings.IndexRune(digits62, c)
			if d < 0 {
				return "", errID
			}
			n = n*62 + d
		}
		if n > 9_999_999 {
			return "", errID
		}
		if end > 4 {
			mid = fmt.Sprintf("%07d", n) + mid
		} else {
			mid = strconv.Itoa(n) + mid
		}
	}
	if len(mid) > maxMID {
		return "", errID
	}
	return mid, nil
}
