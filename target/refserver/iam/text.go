package iam

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

// Bounds on texts that an administrator gives, in characters of any script (the
// reference server's choice).
const (
	mostName   = 200
	mostOption = 8000 // a client option may be an address with a query, or a certificate
)

// CheckText says why a text cannot be the value of a field: it is longer than names
// are, or has control characters in it, which no screen shows.
func CheckText(field, text string) error { return checkText(field, text, mostName, "") }

// checkText wants no more than so many characters, and of control characters only
// those of but.
func checkText(field, text string, most int, but string) error {
	if n := utf8.RuneCountInString(text); n > most {
		return invalid("%s: a text of %d characters is too long, %d are possible", field, n, most)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune(but, r) }) {
		return invalid("%s: %s has a control character in it", field, quote(text))
	}
	return nil
}

// checkTexts bounds the texts and the names in what settings say; field is where it
// stands. It comes before every other check: what those repeat of it is then short.
func checkTexts(field string, v resource.Value) error {
	switch v := v.(type) {
	case string:
		option, of := strings.CutPrefix(field, "client_options.")
		switch {
		case of && option == "certificate":
			return checkText(field, v, mostOption, "\r\n\t") // it has lines
		case of:
			return checkText(field, v, mostOption, "")
		}
		return CheckText(field, v)
	case resource.List:
		for _, e := range v {
			if err := checkTexts(field, e); err != nil {
				return err
			}
		}
	case *resource.Object:
		for _, m := range v.Members() {
			if err := CheckText(cmp.Or(field, "a setting's name"), m.Name); err != nil {
				return err
			}
			if err := checkTexts(strings.TrimPrefix(field+"."+strings.ToLower(m.Name), "."), m.Value); err != nil {
				return err
			}
		}
	}
	return nil
}
