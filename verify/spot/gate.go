package spot

// Keywords returns every keyword in the one spelling, for whoever measures other ways to find them.
func Keywords() []string {
	var all []string
	for c := range classCount {
		all = append(all, vocabulary(c)...)
	}
	return all
}
