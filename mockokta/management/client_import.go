package management

import (
	"context"
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// What an administrator does on the Import tab, and what the To Okta side of the
// provisioning tab has beside Okta's API. Real Okta has it in its console alone.

func importPath(app directory.AppID, format string, ids ...string) string {
	return path("/mock/v1/apps/%s/import", string(app)) + path(format, ids...)
}

// ImportNow reads the application's target and returns when that has ended, early or
// not: the result's Reason tells.
func (c *Client) ImportNow(ctx context.Context, app directory.AppID) (ImportResult, error) {
	var r ImportResult
	err := c.call(ctx, http.MethodPost, importPath(app, ""), nil, &r)
	return r, err
}

// LastImport is how the last import ended.
func (c *Client) LastImport(ctx context.Context, app directory.AppID) (ImportResult, error) {
	var r ImportResult
	err := c.call(ctx, http.MethodGet, importPath(app, ""), nil, &r)
	return r, err
}

// Discrepancies reads the target, changes nothing, and tells where it and Okta
// disagree.
func (c *Client) Discrepancies(ctx context.Context, app directory.AppID) (Discrepancies, error) {
	var ds Discrepancies
	err := c.call(ctx, http.MethodGet, path("/mock/v1/apps/%s/discrepancies", string(app)), nil, &ds)
	return ds, err
}

// ImportedUsers are the accounts that wait for confirmation, the ignored ones too.
func (c *Client) ImportedUsers(ctx context.Context, app directory.AppID) ([]ImportedUser, error) {
	var all []ImportedUser
	err := each(ctx, c, importPath(app, "/users?limit=500"), func(u ImportedUser) { all = append(all, u) })
	return all, err
}

// ImportedGroups are the target's groups in Okta.
func (c *Client) ImportedGroups(ctx context.Context, app directory.AppID) ([]ImportedGroup, error) {
	var all []ImportedGroup
	err := each(ctx, c, importPath(app, "/groups?limit=1000"), func(g ImportedGroup) { all = append(all, g) })
	return all, err
}

// ConfirmImported says that an account is whose it matches, or somebody's who is new
// in Okta, and returns who that is.
func (c *Client) ConfirmImported(ctx context.Context, app directory.AppID, account string) (directory.PersonID, error) {
	return c.ConfirmImportedAs(ctx, app, account, "")
}

// ConfirmImportedAs says whose an account is.
func (c *Client) ConfirmImportedAs(ctx context.Context, app directory.AppID, account string, person directory.PersonID) (directory.PersonID, error) {
	var u AppUser
	err := c.call(ctx, http.MethodPost, importPath(app, "/users/%s/confirm", account), confirmImportRequest{person}, &u)
	return u.ID, err
}

// IgnoreImported leaves an account alone, also in the imports to come.
func (c *Client) IgnoreImported(ctx context.Context, app directory.AppID, account string) error {
	return c.call(ctx, http.MethodPut, importPath(app, "/users/%s/ignore", account), switchRequest{true}, nil)
}

// SetImportGroups checks or clears Import Groups.
func (c *Client) SetImportGroups(ctx context.Context, app directory.AppID, on bool) error {
	return c.setImport(ctx, app, ImportSettings{Groups: &on})
}

// SetProfileSourcing lets the target be the source of people's profiles, or not.
func (c *Client) SetProfileSourcing(ctx context.Context, app directory.AppID, on bool) error {
	return c.setImport(ctx, app, ImportSettings{ProfileSourcing: &on})
}

// SetImportSafeguard says how many in a hundred of its people an import may take the
// application from; 100 takes the safeguard away.
func (c *Client) SetImportSafeguard(ctx context.Context, app directory.AppID, percent int) error {
	return c.setImport(ctx, app, ImportSettings{Safeguard: &percent})
}

func (c *Client) setImport(ctx context.Context, app directory.AppID, s ImportSettings) error {
	return c.call(ctx, http.MethodPut, importPath(app, "/settings"), s, nil)
}

// MatchImported sets the rules of matching: the exact criterion, and whether a first
// and a last name are a partial match.
func (c *Client) MatchImported(ctx context.Context, app directory.AppID, exact directory.ExactMatch, partial bool) error {
	return c.setRules(ctx, app, createAndMatch{ExactMatchCriteria: &exact, AllowPartialMatch: &partial})
}

// AutoConfirm sets which of what an import brings needs no confirmation. Whom it makes
// is active then.
func (c *Client) AutoConfirm(ctx context.Context, app directory.AppID, exact, partial, nobody bool) error {
	return c.setRules(ctx, app, createAndMatch{
		AutoConfirmExactMatch: &exact, AutoConfirmPartialMatch: &partial, AutoConfirmNewUsers: &nobody, AutoActivateNewUsers: &nobody,
	})
}

func (c *Client) setRules(ctx context.Context, app directory.AppID, rules createAndMatch) error {
	return c.call(ctx, http.MethodPut, appPath(app)+"/features/INBOUND_PROVISIONING", inbound{Rules: &importRules{&rules}}, nil)
}
