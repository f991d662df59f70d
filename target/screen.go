package target

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// A Screen is one account as the screens show it.
type Screen struct {
	UserName    string   `json:"userid"`
	IAM         string   `json:"iamid"`
	Disabled    bool     `json:"disabled"`
	Permissions []string `json:"permissions"`
	Groups      []string `json:"groups"`
	Profile     Profile  `json:"profile"`

	// Attributes are the provider's own that came by SCIM, by prefix and name in
	// lower case; ByHand those that an administrator gave; All are both.
	Attributes map[string][]string `json:"iamAuthorizations"`
	ByHand     map[string][]string `json:"bimAuthorizations"`
	All        map[string][]string `json:"authorizations"`
}

// A Profile is that of an account: its fields, such as "email", and its usernames on
// data platforms, such as "snowflakeUser".
type Profile struct {
	Fields            map[string]string
	ExternalUsernames map[string]string
}

// elsewhere is where the screens keep a profile's external usernames.
const elsewhere = "externalUserIds"

// UnmarshalJSON reads it as the screens show it.
func (p *Profile) UnmarshalJSON(b []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil {
		return err
	}
	*p = Profile{Fields: map[string]string{}}
	for name, raw := range members {
		if name == elsewhere {
			if err := json.Unmarshal(raw, &p.ExternalUsernames); err != nil {
				return err
			}
			continue
		}
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
		p.Fields[name] = text
	}
	return nil
}

// Account reads one account; nil when the screens have no row for it.
func (s *Screens) Account(ctx context.Context, userName string) (*Screen, error) {
	var screen Screen
	status, err := s.call(ctx, http.MethodGet, s.account(userName), nil, &screen)
	if status == http.StatusNotFound {
		return nil, nil
	}
	return &screen, err
}

// Accounts reads all of the IAM in the order in which they came.
func (s *Screens) Accounts(ctx context.Context) ([]Screen, error) {
	return hits[Screen](ctx, s, "/accounts")
}

// AddAccount makes an account by hand, which the internal IAM alone lets an
// administrator do.
func (s *Screens) AddAccount(ctx context.Context, userName string, profile map[string]string) error {
	return s.send(ctx, http.MethodPost, s.at("/accounts"), map[string]any{"userid": userName, "profile": profile}, nil)
}

// EditProfile changes one field of an account by hand; "" empties it.
func (s *Screens) EditProfile(ctx context.Context, userName, field, value string) error {
	return s.edit(ctx, userName, "profile", map[string]any{field: value})
}

// EditUsername changes an account's username on a platform by hand; "" takes it away.
func (s *Screens) EditUsername(ctx context.Context, userName, platform, username string) error {
	return s.edit(ctx, userName, "profile", map[string]any{elsewhere: map[string]string{platform + "User": username}})
}

// GiveAttribute gives an account values of an attribute by hand, in place of those
// that it had by hand before; none takes the attribute away.
func (s *Screens) GiveAttribute(ctx context.Context, userName, attribute string, values ...string) error {
	return s.edit(ctx, userName, "bimAuthorizations", map[string]any{attribute: append([]string{}, values...)})
}

func (s *Screens) edit(ctx context.Context, userName, part string, change map[string]any) error {
	return s.send(ctx, http.MethodPatch, s.account(userName), map[string]any{part: change}, nil)
}

func (s *Screens) account(userName string) string {
	return s.at("/accounts/" + url.PathEscape(userName))
}

// A GroupScreen is one group as the screens show it.
type GroupScreen struct {
	Name    string   `json:"name"`
	Members []string `json:"members"` // by user name
	Stale   bool     `json:"stale"`   // whether no push reaches it, since group sync is off
}

// Groups reads all groups of the IAM in the order in which they came.
func (s *Screens) Groups(ctx context.Context) ([]GroupScreen, error) {
	return hits[GroupScreen](ctx, s, "/group-list")
}

// An AttributeScreen is one of the provider's attributes, and all values that
// accounts of the IAM have of it.
type AttributeScreen struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Attributes reads all that accounts of the IAM have.
func (s *Screens) Attributes(ctx context.Context) ([]AttributeScreen, error) {
	return hits[AttributeScreen](ctx, s, "/attributes")
}

// A UsernameScreen is one username on a data platform, and whose it is.
type UsernameScreen struct {
	Platform string   `json:"platform"`
	Username string   `json:"username"`
	Accounts []string `json:"accounts"` // by user name
	Warning  string   `json:"warning"`  // where it is several accounts'
}

// ExternalUsernames reads all that accounts of the IAM have.
func (s *Screens) ExternalUsernames(ctx context.Context) ([]UsernameScreen, error) {
	return hits[UsernameScreen](ctx, s, "/external-usernames")
}

// Leftovers are what makes Okta's directory and an IAM that was in use before
// disagree.
type Leftovers struct {
	Disabled []struct {
		UserName string   `json:"userid"`
		Groups   []string `json:"groups"`
	} `json:"disabled_accounts"`
	Unlinked    []string `json:"unlinked_accounts"` // accounts that no identity provider has given an id of its own
	EmptyGroups []string `json:"empty_groups"`
	StaleGroups []string `json:"stale_groups"`
}

// Leftovers reads them.
func (s *Screens) Leftovers(ctx context.Context) (l Leftovers, err error) {
	_, err = s.call(ctx, http.MethodGet, s.at("/leftovers"), nil, &l)
	return l, err
}

func hits[T any](ctx context.Context, s *Screens, path string) ([]T, error) {
	var list struct {
		Hits []T `json:"hits"`
	}
	_, err := s.call(ctx, http.MethodGet, s.at(path), nil, &list)
	return list.Hits, err
}
