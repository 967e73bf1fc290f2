package main

import "math"

// wgs84 turns GCJ-02 degrees into WGS-84, exact to about a metre within China.
func wgs84(lat, lng float64) (float64, float64) {
	x, y := lng, lat
	for range 4 {
		gx, gy := gcj02(x, y)
		x, y = x-(gx-lng), y-(gy-lat)
	}
	return y, x
}

// gcj02 is the published offset of China's obfuscated datum (Krasovsky 1940 ellipsoid).
func gcj02(lng, lat float64) (float64, float64) {
	const a, ee = 6378245.0, 0.00669342162296594323
	x, y := lng-105, lat-35
	wave := func(v float64, f1, f2 float64) float64 {
		return (20*math.Sin(f1*v*math.Pi) + 20*math.Sin(f2*v*math.Pi)) * 2 / 3
	}
	dLat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + wave(x, 6, 2) +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 + (160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	dLng := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + wave(x, 6, 2) +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 + (150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	rad := lat / 180 * math.Pi
	magic := 1 - ee*math.Sin(rad)*math.Sin(rad)
	dLat = dLat * 180 / (a * (1 - ee) / (magic * math.Sqrt(magic)) * math.Pi)
	dLng = dLng * 180 / (a / math.Sqrt(magic) * math.Cos(rad) * math.Pi)
	return lng + dLng, lat + dLat
}
