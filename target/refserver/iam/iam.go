// Package iam is what an administrator decides on the provider's App Settings
// page, and what follows from it: which settings an identity manager can have, in
// which order a draft of one is tested and saved, what an account's attributes
// become under it, and what of an account may be edited by hand.
//
// It performs no I/O and keeps nothing: package store keeps, and the reference
// server's administration API asks. Refusals are of type [Invalid] or [Conflict],
// and their text is for the administrator.
package iam

import (
	"fmt"
	"strings"
	"unicode"
)

// Internal is the id of the IAM that every instance has. Its accounts are made by
// hand, and nothing is synced with it (the seed page: documented).
const Internal = "bim"

// Types of external IAM. SCIM goes with the first two (the provider's table of
// protocols: documented).
const (
	SAML   = "saml"
	OpenID = "openid"
	LDAP   = "ldap"
)

// Settings are those of one IAM, besides its name. The zero value is the form as
// Add IAM opens it, with nothing ticked. Whoever reads settings may not alter what
// they hold: it is shared.
type Settings struct {
	Type               string
	ClientOptions      map[string]string
	DefaultPermissions []string // given to an account when it is made, and never again
	SCIM               bool     // whether it has a SCIM endpoint and a key
	DeleteUsers        bool     // whether DELETE /Users deletes; else it is refused
	ProfileSchema      []Filled
	SyncGroups         bool       // whether groups come by SCIM
	SyncAttributes     bool       // whether extension attributes become the provider's
	AttributeSchema    []Row      // which extensions do
	ExternalUsernames  []Username // which of the provider's attributes are usernames elsewhere
}

// A Row lets the attributes of one extension become the provider's, under a prefix.
type Row struct{ URN, Prefix string }

// A Username makes an attribute of the provider's, prefix included, the account's
// username on a data platform.
type Username struct{ Platform, Attribute string }

// Permissions are those that default permissions can be chosen from. Six of the names
// are on the provider's page on personas and permissions (documented); CREATE_PROJECT
// and PROJECT_MANAGEMENT were not seen there (inference), and that there are no others,
// custom ones above all, is the reference server's choice.
var Permissions = []string{
	"APPLICATION_ADMIN", "AUDIT", "CREATE_DATA_SOURCE", "CREATE_DATA_SOURCE_IN_PROJECT",
	"CREATE_PROJECT", "GOVERNANCE", "PROJECT_MANAGEMENT", "USER_ADMIN",
}

// IDOf makes the id of an IAM of its display name, which is its origin and cannot
// be altered for that reason (the provider's page on SAML options: documented):
// letters and digits in lower case, and a hyphen for whatever stands between them
// (the reference server's choice). It is "" where nothing is left.
func IDOf(displayName string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(displayName), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), "-")
}

// CheckName says why an IAM cannot have a display name.
func CheckName(displayName string) error {
	if err := CheckText("display_name", displayName); err != nil {
		return err
	}
	switch IDOf(displayName) {
	case "":
		return invalid("display_name: a name is needed, with a letter or a digit in it")
	case Internal:
		return invalid("display_name: %s is the internal IAM, which has no SCIM", Internal)
	}
	return nil
}

// Invalid says what is wrong with what was asked for. Asked again it is refused
// again.
type Invalid string

func (e Invalid) Error() string { return string(e) }

func invalid(format string, args ...any) error { return Invalid(fmt.Sprintf(format, args...)) }

// Conflict refuses what may be right in itself and does not go with how things
// stand.
type Conflict string

func (e Conflict) Error() string { return string(e) }

func conflict(format string, args ...any) error { return Conflict(fmt.Sprintf(format, args...)) }
