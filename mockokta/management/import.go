package management

import (
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// imports serves the Import tab and the To Okta side of the provisioning tab, of which
// Okta's API has the rules of matching alone. It lists the feature beside
// USER_PROVISIONING for whoever asks for it by name.
func (h *Handler) imports() {
	h.on("POST /mock/v1/apps/{app}/import", h.importNow)
	h.on("GET /mock/v1/apps/{app}/import", h.lastImport)
	h.on("GET /mock/v1/apps/{app}/import/settings", h.getImportSettings)
	h.on("PUT /mock/v1/apps/{app}/import/settings", h.setImportSettings)
	h.on("GET /mock/v1/apps/{app}/import/users", h.waiting)
	h.on("POST /mock/v1/apps/{app}/import/users/{account}/confirm", h.confirmImport)
	h.on("PUT /mock/v1/apps/{app}/import/users/{account}/ignore", h.ignoreImport)
	h.on("GET /mock/v1/apps/{app}/import/groups", h.importedGroups)
	h.on("GET /mock/v1/apps/{app}/discrepancies", h.discrepancies)
}

// An ImportResult is what the Import tab says of an import.
type ImportResult struct {
	// Reason is why it ended early, a sentence; "" where it did not. Nothing changed then.
	Reason string `json:"reason,omitempty"`

	Read     int `json:"read"` // accounts that the target showed
	Inactive int `json:"inactive"`
	Scanned  int `json:"scanned"` // those that are active

	Imported  int `json:"imported"` // for the first time
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Exact     int `json:"exactMatches"` // of those who wait
	Partial   int `json:"partialMatches"`
	None      int `json:"noMatches"`
	Ignored   int `json:"ignored"`

	Confirmed   int `json:"confirmed"`
	Removed     int `json:"removed"`
	Deactivated int `json:"deactivated"`

	GroupsRead     int `json:"groupsRead"`
	GroupsImported int `json:"groupsImported"`
	GroupsUpdated  int `json:"groupsUpdated"`
	GroupsRemoved  int `json:"groupsRemoved"`

	Remarks       []string      `json:"remarks"`
	Discrepancies Discrepancies `json:"discrepancies"`
}

// Discrepancies are where Okta and the target disagree.
type Discrepancies struct {
	OnlyInOkta   int           `json:"onlyInOkta"`
	OnlyAtTarget int           `json:"onlyAtTarget"`
	Differing    int           `json:"differing"`
	Found        []Discrepancy `json:"found"` // the first 1,000
}

// A Discrepancy is one; of a person or a group.
type Discrepancy struct {
	Where  directory.Where    `json:"where"` // ONLY_IN_OKTA, ONLY_AT_TARGET, DIFFERS
	Person directory.PersonID `json:"person,omitempty"`
	Group  directory.GroupID  `json:"group,omitempty"`
	ID     string             `json:"externalId,omitempty"`
	Name   string             `json:"name"`
	What   string             `json:"what"` // in words
}

func viewDiscrepancies(ds directory.Discrepancies) Discrepancies {
	view := Discrepancies{ds.OnlyInOkta, ds.OnlyAtTarget, ds.Differing, []Discrepancy{}}
	for _, d := range ds.Found {
		view.Found = append(view.Found, Discrepancy(d))
	}
	return view
}

func viewImport(r directory.ImportResult) ImportResult {
	return ImportResult{
		Reason: r.Reason, Read: r.Read, Inactive: r.Inactive, Scanned: r.Scanned,
		Imported: r.Imported, Updated: r.Updated, Unchanged: r.Unchanged,
		Exact: r.Exact, Partial: r.Partial, None: r.None, Ignored: r.Ignored,
		Confirmed: r.Confirmed, Removed: r.Removed, Deactivated: r.Deactivated,
		GroupsRead: r.GroupsRead, GroupsImported: r.GroupsImported, GroupsUpdated: r.GroupsUpdated, GroupsRemoved: r.GroupsRemoved,
		Remarks: append([]string{}, r.Remarks...), Discrepancies: viewDiscrepancies(r.Discrepancies),
	}
}

// importNow answers when the import has ended, early or not: the result says how.
func (h *Handler) importNow(r *http.Request) (answer, error) {
	if _, err := h.directory.App(appID(r)); err != nil {
		return no(err)
	}
	result, err := h.hooks.Import(r.Context(), appID(r))
	if err != nil {
		return no(err)
	}
	return ok(viewImport(result))
}

func (h *Handler) lastImport(r *http.Request) (answer, error) {
	result, err := h.directory.LastImport(appID(r))
	if err != nil {
		return no(err)
	}
	return ok(viewImport(result))
}

func (h *Handler) discrepancies(r *http.Request) (answer, error) {
	if _, err := h.directory.App(appID(r)); err != nil {
		return no(err)
	}
	found, err := h.hooks.Compare(r.Context(), appID(r))
	if err != nil {
		return no(err)
	}
	return ok(viewDiscrepancies(found))
}

// ImportSettings are what Okta has in its console alone. In a request each may be
// missing, and then stays as it is.
type ImportSettings struct {
	Groups          *bool `json:"importGroups,omitempty"`    // Import Groups
	ProfileSourcing *bool `json:"profileSourcing,omitempty"` // Allow the application to source Okta users
	Safeguard       *int  `json:"safeguard,omitempty"`       // percent of the people whom an import may take the application from; 100 is none
}

func (h *Handler) getImportSettings(r *http.Request) (answer, error) {
	s, err := h.directory.ImportSettings(appID(r))
	if err != nil {
		return no(err)
	}
	return ok(ImportSettings{&s.Groups, &s.ProfileSourcing, &s.Safeguard})
}

func (h *Handler) setImportSettings(r *http.Request) (answer, error) {
	asked, err := read[ImportSettings](r)
	if err != nil {
		return no(err)
	}
	s, err := h.directory.ImportSettings(appID(r))
	if err != nil {
		return no(err)
	}
	put(&s.Groups, asked.Groups)
	put(&s.ProfileSourcing, asked.ProfileSourcing)
	put(&s.Safeguard, asked.Safeguard)
	if err := h.directory.SetImport(appID(r), s); err != nil {
		return no(err)
	}
	return h.getImportSettings(r)
}

func put[T any](to, asked *T) {
	if asked != nil {
		*to = *asked
	}
}

// An inbound is the capabilities of INBOUND_PROVISIONING. The username format has two
// keys: real organisations send the first (observed), the specification and one SDK
// have the second. The mock has no schedule.
type inbound struct {
	Settings *importSettings `json:"importSettings,omitempty"`
	Rules    *importRules    `json:"importRules,omitempty"`
}

type importSettings struct {
	UserName map[string]string `json:"username"`
	Schedule map[string]any    `json:"schedule"`
}

type importRules struct {
	CreateAndMatch *createAndMatch `json:"userCreateAndMatch,omitempty"`
}

type createAndMatch struct {
	ExactMatchCriteria      *directory.ExactMatch `json:"exactMatchCriteria,omitempty"`
	AllowPartialMatch       *bool                 `json:"allowPartialMatch,omitempty"`
	AutoConfirmPartialMatch *bool                 `json:"autoConfirmPartialMatch,omitempty"`
	AutoConfirmExactMatch   *bool                 `json:"autoConfirmExactMatch,omitempty"`
	AutoConfirmNewUsers     *bool                 `json:"autoConfirmNewUsers,omitempty"`
	AutoActivateNewUsers    *bool                 `json:"autoActivateNewUsers,omitempty"`
}

type inboundView struct {
	Name         string  `json:"name"`
	Status       string  `json:"status"`
	Description  string  `json:"description"`
	Capabilities inbound `json:"capabilities"`
	Links        links   `json:"_links"`
}

func (h *Handler) getInbound(r *http.Request) (answer, error) {
	if _, _, err := h.provisioning(r); err != nil {
		return no(err)
	}
	s, err := h.directory.ImportSettings(appID(r))
	if err != nil {
		return no(err)
	}
	return ok(inboundView{
		Name: "INBOUND_PROVISIONING", Status: "ENABLED", Description: "In-bound provisioning settings from an app to Okta",
		Capabilities: inbound{
			&importSettings{
				map[string]string{"userNameFormat": "CUSTOM", "usernameFormat": "CUSTOM"},
				map[string]any{"status": "DISABLED", "fullImport": nil, "incrementalImport": nil},
			},
			&importRules{&createAndMatch{&s.Match, &s.PartialMatch, &s.ConfirmPartial, &s.ConfirmExact, &s.ConfirmNew, &s.ActivateNew}},
		},
		Links: links{"self": allow(origin(r)+r.URL.EscapedPath(), "GET", "PUT")},
	})
}

func (h *Handler) setInbound(r *http.Request) (answer, error) {
	if _, _, err := h.provisioning(r); err != nil {
		return no(err)
	}
	asked, err := read[inbound](r)
	if err != nil {
		return no(err)
	}
	s, err := h.directory.ImportSettings(appID(r))
	if err != nil {
		return no(err)
	}
	if asked.Rules != nil && asked.Rules.CreateAndMatch != nil {
		rules := asked.Rules.CreateAndMatch
		put(&s.Match, rules.ExactMatchCriteria)
		put(&s.PartialMatch, rules.AllowPartialMatch)
		put(&s.ConfirmPartial, rules.AutoConfirmPartialMatch)
		put(&s.ConfirmExact, rules.AutoConfirmExactMatch)
		put(&s.ConfirmNew, rules.AutoConfirmNewUsers)
		put(&s.ActivateNew, rules.AutoActivateNewUsers)
	}
	if err := h.directory.SetImport(appID(r), s); err != nil {
		return no(err)
	}
	return h.getInbound(r)
}

// An ImportedUser is an account that waits for confirmation.
type ImportedUser struct {
	ID       string             `json:"externalId"`
	UserName string             `json:"userName"`
	Profile  directory.Profile  `json:"profile"`
	Status   string             `json:"status"` // IMPORTED, or MATCHED where it is somebody's in Okta
	Match    directory.Match    `json:"match"`  // NONE, PARTIAL, EXACT
	Person   directory.PersonID `json:"user,omitempty"`
	Ignored  bool               `json:"ignored"`
}

func viewImported(w directory.Imported) ImportedUser {
	return ImportedUser{w.ID, w.UserName, w.Profile, onOff(w.Person != "", "MATCHED", "IMPORTED"), w.Match, w.Person, w.Ignored}
}

func (h *Handler) waiting(r *http.Request) (answer, error) {
	read := func(p directory.Part) ([]directory.Imported, error) { return h.directory.Waiting(appID(r), p) }
	l := list[directory.Imported]{usual: 50, most: 500, id: func(w directory.Imported) string { return w.ID }}
	return l.page(r, read, func(w directory.Imported) any { return viewImported(w) })
}

type confirmImportRequest struct {
	// User is whose the account is; empty for whom it matches, or somebody new.
	User directory.PersonID `json:"user,omitempty"`
}

func (h *Handler) confirmImport(r *http.Request) (answer, error) {
	body, err := read[confirmImportRequest](r)
	if err != nil {
		return no(err)
	}
	if _, err := h.directory.App(appID(r)); err != nil {
		return no(err)
	}
	accountOf := func(p directory.PersonID) string { return h.hooks.Account(appID(r), p).ID }
	c, err := h.directory.Confirm(appID(r), r.PathValue("account"), body.User, accountOf)
	if err != nil {
		return no(err)
	}
	if err := h.changedIn(r, appID(r), c); err != nil {
		return no(err)
	}
	return h.appUser(r, c.(directory.AccountConfirmed).Person)
}

func (h *Handler) ignoreImport(r *http.Request) (answer, error) {
	body, err := read[switchRequest](r)
	if err != nil {
		return no(err)
	}
	if err := h.directory.Ignore(appID(r), r.PathValue("account"), body.Enabled); err != nil {
		return no(err)
	}
	return noContent()
}

// An ImportedGroup is a group of the target's in Okta, as Okta's API calls it an
// APP_GROUP.
type ImportedGroup struct {
	ID      directory.GroupID    `json:"id"`
	Type    string               `json:"type"`
	Target  string               `json:"externalId"`
	Name    string               `json:"name"`
	Members []string             `json:"members"` // the target's ids
	People  []directory.PersonID `json:"people"`  // of these, who is in Okta
}

func (h *Handler) importedGroups(r *http.Request) (answer, error) {
	read := func(p directory.Part) ([]directory.ImportedGroup, error) {
		return h.directory.ImportedGroups(appID(r), p)
	}
	l := list[directory.ImportedGroup]{usual: 100, most: 1000, id: func(g directory.ImportedGroup) string { return string(g.ID) }}
	return l.page(r, read, func(g directory.ImportedGroup) any {
		view := ImportedGroup{g.ID, "APP_GROUP", g.Target, g.Name, append([]string{}, g.Members...), []directory.PersonID{}}
		for _, id := range g.Members {
			if p, is := h.hooks.PersonOf(appID(r), id); is {
				view.People = append(view.People, p)
			}
		}
		return view
	})
}
