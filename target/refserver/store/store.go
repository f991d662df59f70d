// Package store is where the reference server keeps its IAMs, and the accounts,
// groups and memberships of each.
//
// A store knows nothing of SCIM: it keeps records, sees to it that a name is
// taken once, and makes a transaction happen as a whole or not at all. Package
// storetest holds what every implementation owes.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
)

// Errors that callers tell apart. Anything else is the store's own trouble.
var (
	ErrNotFound = errors.New("not found")
	ErrTaken    = errors.New("taken")
)

// An IAM is a tenant: accounts, groups and a key of its own. Whoever reads one
// may not alter what its settings hold: it is shared.
type IAM struct {
	ID          string
	DisplayName string   // given once, and never changed
	KeyDigest   [32]byte // of the key in force, where SCIM is on
	Created     time.Time
	iam.Settings
}

// A Kind is accounts or groups.
type Kind int

const (
	Account Kind = iota
	Group
)

// A Record is an account or a group. Whoever reads one may not alter what it
// holds: it is shared.
type Record struct {
	ID         string
	Number     int64  // its place in the order of creation, given by the store; never used again
	Key        string // what no other record of its kind may have in this IAM
	Attributes *resource.Object
	Synced     *resource.Object // what attribute sync made of Attributes at the last write; nil for nothing
	Profile    *resource.Object // an account's, filled by SCIM or by hand; nil for nothing in it
	ByHand     *resource.Object // the provider's attributes that an administrator gave an account; nil for none
	Permitted  []string         // an account's permissions
	Created    time.Time
	Modified   time.Time
	Version    int
}

// A Store keeps IAMs, from the beginning the internal one. It is safe for
// concurrent use.
type Store interface {
	// CreateIAM keeps a new IAM; ErrTaken where its id or its display name,
	// without regard to letter case, is another's.
	CreateIAM(ctx context.Context, m IAM) error
	// UpdateIAM lets do change an IAM's settings, all of them or, when do returns an
	// error, which UpdateIAM returns, none. Its id and display name stay. ErrNotFound
	// where there is no such IAM.
	UpdateIAM(ctx context.Context, id string, do func(*IAM) error) error
	// DeleteIAM forgets an IAM and all that it holds, or returns ErrNotFound.
	DeleteIAM(ctx context.Context, id string) error
	// IAM returns one by its id, or ErrNotFound.
	IAM(ctx context.Context, id string) (IAM, error)
	// IAMs returns all in the order of creation.
	IAMs(ctx context.Context) ([]IAM, error)

	// View shows one state of an IAM to do. ErrNotFound where there is no such IAM.
	View(ctx context.Context, iam string, do func(View) error) error
	// Update lets do change an IAM. What it changes is seen by others once it has
	// returned nil, and never when it has returned an error, which Update returns.
	Update(ctx context.Context, iam string, do func(Tx) error) error
}

// A View reads an IAM. It may not be used after the function it was given to.
type View interface {
	// Get returns a record by its id, or ErrNotFound.
	Get(k Kind, id string) (Record, error)
	// Find returns a record by its key, or ErrNotFound.
	Find(k Kind, key string) (Record, error)
	// Count is how many records of a kind there are.
	Count(k Kind) (int, error)
	// Page returns at most limit records in the order of creation, from the rank
	// skip. Its cost does not grow with skip.
	Page(k Kind, skip, limit int) ([]Record, error)

	// Members returns the accounts of a group in the order of their joining.
	Members(group string) ([]Record, error)
	// Size is how many members a group has. Its cost does not grow with the group.
	Size(group string) (int, error)
	// IsMember says whether an account is in a group. Its cost does not grow with
	// the group.
	IsMember(group, account string) (bool, error)
	// GroupsOf returns the groups of an account in the order of its joining.
	GroupsOf(account string) ([]Record, error)
}

// A Tx reads and changes an IAM. It sees its own changes.
type Tx interface {
	View
	// Insert keeps a new record and returns it with its number; ErrTaken where its
	// id or its key is another's.
	Insert(k Kind, r Record) (Record, error)
	// Replace keeps another state of a record, which is known by its id. ErrTaken
	// where its key is another's, ErrNotFound where there is no such record.
	Replace(k Kind, r Record) error
	// Delete forgets a record and its memberships, or returns ErrNotFound.
	Delete(k Kind, id string) error

	// Join makes an account a member and says whether it was none before.
	// ErrNotFound where there is no such group or account.
	Join(group, account string) (bool, error)
	// Leave ends a membership and says whether there was one.
	Leave(group, account string) (bool, error)
}
