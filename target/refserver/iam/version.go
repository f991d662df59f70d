package iam

import (
	"slices"
	"strconv"
	"strings"
)

// A Version is that of the provider's instance. The zero value is SaaS's: a tenant
// of the provider's own cloud carries no number, and has no floor (the SaaS edition
// of the seed page: documented).
type Version struct {
	text    string
	numbers []int
}

// Current is the version that the seed page is of.
var Current = Version{"2024.1", []int{2024, 1}}

// floor is the first version with SCIM (the seed page: documented).
var floor = Version{"2020.4", []int{2020, 4}}

// ParseVersion reads "2020.4", "2020.4.1", "2020.4-rc1" or "saas". A label after
// the numbers counts for nothing (the reference server's choice).
func ParseVersion(text string) (Version, error) {
	if strings.EqualFold(text, "saas") {
		return Version{}, nil
	}
	v := Version{text: text}
	end := strings.IndexAny(text+"-", "-+")
	for _, part := range strings.Split(text[:end], ".") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return Version{}, invalid("version: %q is no version; 2024.1 and saas are", text)
		}
		v.numbers = append(v.numbers, int(n))
	}
	return v, nil
}

func (v Version) String() string {
	if v.numbers == nil {
		return "saas"
	}
	return v.text
}

// CheckSCIM says why an instance of this version has no SCIM. Versions are compared
// number by number: 2020.10 comes after 2020.4.
func (v Version) CheckSCIM() error {
	if v.numbers != nil && slices.Compare(v.numbers, floor.numbers) < 0 {
		return conflict("SCIM needs version %s of the instance or later, and this is %s", floor, v)
	}
	return nil
}
