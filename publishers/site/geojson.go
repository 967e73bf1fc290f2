package site

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"guitu"
)

// geoSize is the number of alerts on a map. There never were so many at once.
const geoSize = 10000

// Features are the alerts that go on, by where the children were lost (RFC 7946, which knows no circles: the radius is a property).
type (
	features struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}
	feature struct {
		Type       string     `json:"type"`
		ID         string     `json:"id"`
		Geometry   geometry   `json:"geometry"`
		Properties properties `json:"properties"`
	}
	geometry struct {
		Type        string     `json:"type"`
		Coordinates [2]float64 `json:"coordinates"` // longitude, latitude
	}
	// properties name no child: a map is for finding the page.
	properties struct {
		Code    string       `json:"code"`
		Title   string       `json:"title"`
		TitleEN string       `json:"title_en"`
		Status  guitu.Status `json:"status"`
		Tier    guitu.Tier   `json:"tier"`
		Area    guitu.Area   `json:"area"`
		Place   string       `json:"place"`
		Radius  float64      `json:"radius_km"`
		Issued  string       `json:"issued"`
		Updated string       `json:"updated"`
		Expires string       `json:"expires"`
		URL     string       `json:"url"`
		CAP     string       `json:"cap"`
	}
)

// geoJSON answers with the alerts of the whole country.
func (s *Site) geoJSON(w http.ResponseWriter, r *http.Request) { s.writeGeoJSON(w, r, "") }

func (s *Site) writeGeoJSON(w http.ResponseWriter, r *http.Request, area guitu.Area) {
	list, err := s.reader.Alerts(r.Context(), guitu.StandingFilter{Area: area, Limit: geoSize})
	if err != nil {
		s.trouble(w, r, inChinese, err)
		return
	}
	f := features{Type: "FeatureCollection", Features: []feature{}}
	for _, st := range list {
		t := st.Last()
		c := t.Message.Circle
		if c.Radius <= 0 {
			continue
		}
		f.Features = append(f.Features, feature{
			Type: "Feature", ID: st.Code, Geometry: geometry{"Point", [2]float64{c.Point.Lng, c.Point.Lat}},
			Properties: properties{
				Code: st.Code, Title: s.alertView(inChinese, st).Title, TitleEN: s.alertView(inEnglish, st).Title, Status: st.Status,
				Tier: t.Message.Tier, Area: t.Notice.Area, Place: t.Notice.Place, Radius: c.Radius, Issued: s.stamp(st.IssuedAt),
				Updated: s.stamp(t.Message.Sent), Expires: s.stamp(st.Expires), URL: s.Link(st.Code), CAP: s.base + capPath(t.Message.Identifier),
			},
		})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f); err != nil {
		s.trouble(w, r, inChinese, err)
		return
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	serve(w, r, "application/geo+json", keepBriefly, time.Time{}, b.Bytes())
}
