package spot

// Keywords returns every keyword.
func Keywords() []string {
	var all []string
	for c := range classCount {
		all = append(all, vocabulary(c)...)
	}
	return all
}
