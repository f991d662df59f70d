package directory

import "fmt"

// NotFound: there is no such person, group, application, assignment or mapping.
type NotFound struct {
	Kind string // as Okta writes it: "User", "UserGroup", "AppInstance", "AppUser", "GroupPushMapping"
	ID   string
}

func (e *NotFound) Error() string { return fmt.Sprintf("not found: %s (%s)", e.ID, e.Kind) }

// Conflict: the act is well formed, but the directory is not in the state for it.
type Conflict struct {
	What string // what was attempted, or on what: "activate", "app"
	Why  string
}

func (e *Conflict) Error() string { return e.What + ": " + e.Why }

// Invalid: a value that Okta would not take.
type Invalid struct {
	Field string // "login", "name", …
	Why   string
}

func (e *Invalid) Error() string { return e.Field + ": " + e.Why }
