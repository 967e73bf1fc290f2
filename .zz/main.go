package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"guitu/internal/gazetteer"
	"guitu/verify/claim"
)

func main() {
	sc := bufio.NewScanner(os.Stdin)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var x struct{ ID, Text, Time string }
		json.Unmarshal(sc.Bytes(), &x)
		posted, _ := time.ParseInLocation("2006-01-02 15:04", x.Time, time.FixedZone("", 8*3600))
		c := claim.Read(x.Text, posted)
		c.Point = nil
		c.Spans = nil
		a := gazetteer.Name(c.Area)
		if c.Area == "" {
			a = ""
		}
		b, _ := json.Marshal(c)
		fmt.Printf("%s [%s] %s\n   => %s %s\n", x.ID, x.Time, x.Text, a, b)
	}
}
