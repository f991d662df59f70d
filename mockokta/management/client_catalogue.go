package management

import (
	"context"
	"net/http"
	"net/url"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// BrowseCatalogue is Browse App Catalog: the applications whose names have the words
// in them. Real Okta has it in its console alone.
func (c *Client) BrowseCatalogue(ctx context.Context, words string) ([]CatalogueEntry, error) {
	var found []CatalogueEntry
	err := c.call(ctx, http.MethodGet, "/mock/v1/catalogue?"+url.Values{"q": {words}}.Encode(), nil, &found)
	return found, err
}

// AppSheet returns what the console shows of an application, the address of its
// sign-on among it.
func (c *Client) AppSheet(ctx context.Context, app directory.AppID) (AppSheet, error) {
	var sheet AppSheet
	err := c.call(ctx, http.MethodGet, path("/mock/v1/apps/%s", string(app)), nil, &sheet)
	return sheet, err
}

// SetLabel changes the application's label, and nothing else of it.
func (c *Client) SetLabel(ctx context.Context, app directory.AppID, label string) error {
	return c.replaceApp(ctx, app, func(a *appRequest) { a.Label = label })
}

// SetSignOn fills in the Advanced Sign-on Settings of an application that has them:
// the address of the provider's instance, and the id of its identity manager.
func (c *Client) SetSignOn(ctx context.Context, app directory.AppID, baseURL, iamID string) error {
	return c.replaceApp(ctx, app, func(a *appRequest) {
		a.Settings.App = map[string]any{baseURLSetting: baseURL, iamIDSetting: iamID}
	})
}

// SignOn returns the Advanced Sign-on Settings.
func (c *Client) SignOn(ctx context.Context, app directory.AppID) (directory.SignOnSettings, error) {
	var a appRequest
	if err := c.call(ctx, http.MethodGet, appPath(app), nil, &a); err != nil {
		return directory.SignOnSettings{}, err
	}
	return a.Settings.signOn()
}

// replaceApp reads the application, alters it, and puts the whole of it back, as the
// API wants it.
func (c *Client) replaceApp(ctx context.Context, app directory.AppID, alter func(*appRequest)) error {
	var a appRequest
	if err := c.call(ctx, http.MethodGet, appPath(app), nil, &a); err != nil {
		return err
	}
	alter(&a)
	return c.call(ctx, http.MethodPut, appPath(app), a, nil)
}

// TryCredentials is Test API Credentials for an address and a token that were filled
// in and not saved. An empty token is the stored one.
func (c *Client) TryCredentials(ctx context.Context, app directory.AppID, baseURL, token string) error {
	asked := connectionRequest{BaseURL: baseURL, Profile: connectionProfile{AuthScheme: "TOKEN", Token: token}}
	return c.call(ctx, http.MethodPost, path("/mock/v1/apps/%s/test-connection", string(app)), asked, nil)
}

// SaveConnection is Enable API integration, Test API Credentials and Save in one: when
// the test fails, all stays as it was.
func (c *Client) SaveConnection(ctx context.Context, app directory.AppID, baseURL, token string) error {
	asked := connectionRequest{BaseURL: baseURL, Profile: connectionProfile{AuthScheme: "TOKEN", Token: token}}
	return c.call(ctx, http.MethodPost, connectionPath(app)+"?activate=true", asked, nil)
}

// NewToken makes an API token that has the rights of a role: "admin", or "user" for
// somebody who is no administrator. That it is a call is the mock's own.
func (c *Client) NewToken(ctx context.Context, as string) (string, error) {
	var made tokenView
	err := c.call(ctx, http.MethodPost, "/mock/v1/tokens", tokenRequest{role(as)}, &made)
	return made.Token, err
}
