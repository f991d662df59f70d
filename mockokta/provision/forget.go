package provision

import "github.com/scimproof/scimproof/mockokta/directory"

// Okta can let go of a person or a group without a word to the target. That
// too waits its turn, so that what was asked before still knows the id.
type (
	forgetUser  struct{ person directory.PersonID }
	forgetGroup struct{ group directory.GroupID }
	// rememberUser: an import found the account, and somebody said whose it is.
	rememberUser struct {
		person directory.PersonID
		id     string
	}
)

func (forgetUser) op()   {}
func (forgetGroup) op()  {}
func (rememberUser) op() {}

func (o forgetUser) String() string   { return "forget " + string(o.person) }
func (o rememberUser) String() string { return "link " + string(o.person) }
func (o forgetGroup) String() string  { return "forget " + string(o.group) }

// letGo is what follows from a change that the target is not told of: with
// Deactivate Users off an unassigned person keeps the account and Okta the id no
// longer (inference); an unlinked group is looked up by name when it is pushed
// again.
func letGo(c directory.Change) []Op {
	switch c := c.(type) {
	case directory.Unassigned:
		return []Op{forgetUser{c.Person}}
	case directory.AccountGone:
		return []Op{forgetUser{c.Person}}
	case directory.AccountConfirmed:
		return []Op{rememberUser{c.Person, c.ID}}
	case directory.GroupUnlinked:
		return []Op{forgetGroup{c.Group}}
	}
	return nil
}
