package schema

import (
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

// FullName is name.formatted, or else what its parts make.
func FullName(user *resource.Object) string {
	name := user.Object("name")
	if f := name.Text("formatted"); f != "" {
		return f
	}
	return DerivedName(name)
}

// DerivedName is the name that its parts make, in the order of RFC 7643's
// example of name.formatted.
func DerivedName(name *resource.Object) string {
	var parts []string
	for _, part := range []string{"honorificPrefix", "givenName", "middleName", "familyName", "honorificSuffix"} {
		if s := name.Text(part); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}
