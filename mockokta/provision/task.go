package provision

import (
	"time"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A Task is an Op that failed and waits for an administrator. Okta does not
// repeat an Op by itself: only 429 is tried again. That a 5xx is not is
// inference, since no source says that it is.
type Task struct {
	Person directory.PersonID // the one or
	Group  directory.GroupID  // the other
	Op     string
	Error  string // a sentence that ends in the cause
	When   time.Time
}

// A Standing is how far a person or a group has come at the target.
type Standing struct {
	ID    string // the target's; empty when Okta does not know one
	Busy  bool   // an Op waits or is under way
	Error string // what the last Op ended with; empty when it went well
}
