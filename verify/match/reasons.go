package match

// said is how a kind of evidence reads; kinds without words are only weighed.
var said = [evidenceCount]string{
	phoneSame:         "same phone",
	phoneNear:         "same phone, cut off",
	phoneDiffers:      "other phone",
	numberSame:        "same number",
	nameSame:          "same name",
	nameDiffers:       "other name",
	nameMentioned:     "one names the other's child",
	otherCaller:       "one is named, and the phones differ",
	sexDiffers:        "other sex",
	ageDiffers:        "other age",
	described:         "same sex and age",
	countSame:         "same number of children",
	countDiffers:      "another number of children",
	contactSame:       "same person to call",
	contactDiffers:    "another person to call",
	contactMentioned:  "one names the other's person to call",
	daySame:           "same day",
	dayDiffers:        "another day",
	countySame:        "same county",
	citySame:          "same city",
	placeDiffers:      "another place",
	copied:            "word for word",
	heightSame:        "same height",
	heightDiffers:     "another height",
	template:          "same template",
	templateMentioned: "one names the other's child",
}

// reasons returns what speaks for and against one story, for people to read.
func reasons(e evidence) []string {
	var all []string
	for i, words := range said {
		if e[i] > 0 && words != "" && (i != citySame || e[countySame] == 0) {
			all = append(all, words)
		}
	}
	return all
}
