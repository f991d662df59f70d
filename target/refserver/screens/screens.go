// Package screens is the reference server's web page, for people who would rather
// look than ask: its IAMs, and the accounts, groups, attributes and usernames
// elsewhere that each holds.
//
// It only reads. It shows what the administration API says, in its own words, and
// knows nothing else: each shape here is one of that API's, and a member that the
// API has and no screen shows is left out. It needs no script, loads nothing, and
// whatever an identity provider has written is text in it.
package screens

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// An Instance is the first screen: the server and its IAMs.
type Instance struct {
	Version string // of the provider that it stands for; "" where nobody has said
	IAMs    []IAM
}

// An IAM is one tenant with its settings, as GET /admin/v1/iams/{id} has it.
type IAM struct {
	ID                 string               `json:"id"`
	DisplayName        string               `json:"display_name"`
	Type               string               `json:"type"`
	SCIMEnabled        bool                 `json:"scim_enabled"`
	SCIMURL            string               `json:"scim_url"`
	SyncGroups         bool                 `json:"sync_groups"`
	SyncAttributes     bool                 `json:"sync_attributes"`
	DefaultPermissions []string             `json:"default_permissions"`
	ProfileSchema      map[string]string    `json:"profile_schema"`
	AttributeSchema    []AttributeSchemaRow `json:"attribute_schema"`
	ExternalUsernames  map[string]string    `json:"external_usernames"`
	CreatedAt          string               `json:"created_at"`
}

// An AttributeSchemaRow says under which prefix the attributes of an extension
// become the provider's.
type AttributeSchemaRow struct {
	Schema string `json:"scim_schema"`
	Prefix string `json:"prefix"`
}

// An Account is a row of an IAM's accounts, disabled ones included.
type Account struct {
	UserName          string              `json:"userid"`
	SCIMID            string              `json:"scim_id"`
	ExternalID        string              `json:"external_id"`
	Disabled          bool                `json:"disabled"`
	Groups            []string            `json:"groups"`
	Permissions       []string            `json:"permissions"`
	Authorizations    map[string][]string `json:"authorizations"`    // by hand and synced
	BimAuthorizations map[string][]string `json:"bimAuthorizations"` // by hand
	Profile           map[string]any      `json:"profile"`           // fields, and externalUserIds
	CreatedAt         string              `json:"createdAt"`
	UpdatedAt         string              `json:"updatedAt"`
}

// A Group is a row of an IAM's groups.
type Group struct {
	Name    string   `json:"name"`
	SCIMID  string   `json:"scim_id"`
	Stale   bool     `json:"stale"` // group sync is off since it was last heard of
	Members []string `json:"members"`
}

// A Username is one on a data platform, and the accounts that have it.
type Username struct {
	Platform string   `json:"platform"`
	Name     string   `json:"username"`
	Accounts []string `json:"accounts"`
	Warning  string   `json:"warning"` // where it is several accounts'
}

// A List is part of a longer one: Hits from the From-th on, of Count.
type List[T any] struct {
	Count int `json:"count"`
	Hits  []T `json:"hits"`
	From  int `json:"-"`
}

// Size is how many rows a screen shows at once.
const Size = 50

// A Page is one screen.
type Page struct {
	name    string
	Title   string
	IAM     *IAM // whose screen it is; nil for the instance's
	Content any
}

// Home is the screen of the whole server.
func Home(i Instance) Page { return Page{name: "home", Title: "Identity managers", Content: i} }

// Accounts is an IAM's screen: its settings, and some of its accounts.
func Accounts(m IAM, l List[Account]) Page {
	return Page{name: "accounts", Title: m.DisplayName, IAM: &m, Content: l}
}

// Groups is the screen of an IAM's groups.
func Groups(m IAM, l List[Group]) Page {
	return Page{name: "groups", Title: "Groups of " + m.DisplayName, IAM: &m, Content: l}
}

// Usernames is the screen of those that accounts have on data platforms, from the
// from-th on. What is warned of comes first.
func Usernames(m IAM, all []Username, from int) Page {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Username) int { return warned(b) - warned(a) })
	l := List[Username]{Count: len(all), From: from}
	if from < len(all) {
		l.Hits = all[from:min(from+Size, len(all))]
	}
	return Page{name: "usernames", Title: "External usernames of " + m.DisplayName, IAM: &m, Content: l}
}

func warned(u Username) int { return min(1, len(u.Warning)) }

// One is the screen of one account.
func One(m IAM, a Account) Page {
	return Page{name: "one", Title: visible(a.UserName), IAM: &m, Content: a}
}

// Missing is the screen for an address that shows nothing, with the reason.
func Missing(why string) Page { return Page{name: "missing", Title: "Not there", Content: why} }

// HTML renders a screen.
func (p Page) HTML() ([]byte, error) {
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, "screen", p); err != nil {
		return nil, fmt.Errorf("render the screen %q: %w", p.Title, err)
	}
	return out.Bytes(), nil
}

// Body is the part of the screen that is its own.
func (p Page) Body() (template.HTML, error) {
	var out strings.Builder
	err := templates.ExecuteTemplate(&out, p.name, p)
	return template.HTML(out.String()), err
}

// Policy is the Content-Security-Policy of every screen: the style is the one that
// is written here, nothing is loaded, and no script runs.
func Policy() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

var (
	//go:embed screens.html
	layout string
	//go:embed screens.css
	style string

	templates = template.Must(template.New("").Funcs(template.FuncMap{
		"style":   func() template.CSS { return template.CSS(style) },
		"visible": visible,
	}).Parse(layout))
)

// Path is where the IAM's screen is.
func (m IAM) Path() string { return "/admin/iams/" + url.PathEscape(m.ID) }

// Account is where an account's screen is. The name is no part of the path, since a
// browser takes one that is "." or ".." out of it.
func (m IAM) Account(userName string) string {
	return m.Path() + "/account?" + url.Values{"userid": {userName}}.Encode()
}

// Internal says whether it is the IAM that every instance has, which has no settings.
func (m IAM) Internal() bool { return m.Type == "bim" }

// visible is a name that can be seen, and clicked: one of nothing but blanks stands in
// quotes.
func visible(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }) {
		return name
	}
	return strconv.Quote(name)
}

// A Field is a name and what stands beside it.
type Field struct{ Name, Value string }

// Mapped are the profile fields that SCIM fills, and from what.
func (m IAM) Mapped() []Field { return fields(m.ProfileSchema) }

// Platforms are the usernames elsewhere that are mapped, and from what.
func (m IAM) Platforms() []Field { return fields(m.ExternalUsernames) }

func fields(of map[string]string) (all []Field) {
	for name, value := range of {
		all = append(all, Field{name, value})
	}
	slices.SortFunc(all, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// State is how the provider's screens call an account's.
func (a Account) State() string {
	if a.Disabled {
		return "disabled"
	}
	return "active"
}

// Name is the person's, as the profile has it.
func (a Account) Name() string {
	name, _ := a.Profile["name"].(string)
	return name
}

// Attributes are the account's, with whose they are.
func (a Account) Attributes() (all []Attribute) {
	for name, values := range a.Authorizations {
		for _, v := range values {
			all = append(all, Attribute{name, v, slices.Contains(a.BimAuthorizations[name], v)})
		}
	}
	slices.SortFunc(all, func(a, b Attribute) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(a.Value, b.Value)
	})
	return all
}

// An Attribute is one value of the provider's own attributes.
type Attribute struct {
	Name, Value string
	ByHand      bool // given on the provider's screens, and not by SCIM
}

// Elsewhere are the account's usernames on data platforms.
func (a Account) Elsewhere() []Field {
	given, _ := a.Profile["externalUserIds"].(map[string]any)
	all := map[string]string{}
	for platform, name := range given {
		all[strings.TrimSuffix(platform, "User")] = fmt.Sprint(name)
	}
	return fields(all)
}

// Fields are the profile's, but for the usernames elsewhere.
func (a Account) Fields() []Field {
	all := map[string]string{}
	for name, value := range a.Profile {
		if text, ok := value.(string); ok {
			all[name] = text
		}
	}
	return fields(all)
}

// Shown says which rows there are: "51 to 100 of 230".
func (l List[T]) Shown() string {
	switch {
	case l.Count == 0:
		return "none"
	case len(l.Hits) == 0:
		return "none from " + strconv.Itoa(l.From+1) + " on, of " + strconv.Itoa(l.Count)
	case len(l.Hits) == l.Count:
		return strconv.Itoa(l.Count)
	}
	return strconv.Itoa(l.From+1) + " to " + strconv.Itoa(l.From+len(l.Hits)) + " of " + strconv.Itoa(l.Count)
}

// Before is where the rows before these begin; -1 where there are none.
func (l List[T]) Before() int {
	if l.From == 0 {
		return -1
	}
	return max(0, l.From-Size)
}

// After is where the rows after these begin; -1 where there are none.
func (l List[T]) After() int {
	if next := l.From + len(l.Hits); len(l.Hits) > 0 && next < l.Count {
		return next
	}
	return -1
}

// named is how many of a crowd are named; the others are counted.
const named = 10

// Who are the group's members.
func (g Group) Who() Crowd { return g.Members }

// Who are the username's accounts.
func (u Username) Who() Crowd { return u.Accounts }

// A Crowd is accounts by their user names, of which some are named.
type Crowd []string

// First are those that are named.
func (c Crowd) First() []string { return c[:min(named, len(c))] }

// More is how many are not named.
func (c Crowd) More() int { return len(c) - len(c.First()) }
