package resource

import (
	"strings"
	"unicode"
)

// Fold maps strings that differ in letter case only to one string. It agrees
// with strings.EqualFold: Unicode simple folding, no normalisation, no trimming.
// Uniqueness and filters use this one rule, so that what is taken is also found.
func Fold(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x80 || ('A' <= c && c <= 'Z') {
			return strings.Map(foldRune, s)
		}
	}
	return s
}

func foldRune(r rune) rune {
	if r < 0x80 && r != 'k' && r != 's' {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	if 'A' <= least && least <= 'Z' {
		return least + 'a' - 'A'
	}
	return least
}
