package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A settingsPage is the administration of a standing target, asked over HTTP.
type settingsPage struct {
	t     *testing.T
	ready ready
	http  *http.Transport
}

// ask returns the status, and the answer as it came and as JSON.
func (p settingsPage) ask(method, url, token, body string) (status int, text string, it map[string]any) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, url, strings.NewReader(body))
	require.NoError(p.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := p.http.RoundTrip(r)
	require.NoError(p.t, err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(p.t, err)
	require.NoError(p.t, json.Unmarshal(raw, &it), string(raw))
	return answer.StatusCode, string(raw), it
}

func (p settingsPage) admin(method, path, body string) (int, string, map[string]any) {
	p.t.Helper()
	return p.ask(method, p.ready.Admin+path, p.ready.AdminToken, body)
}

// The provider's page from Browse App Catalog to the first users, with our Okta and our
// server: what one tells the other they understand, although neither knows the other.
func TestBothSidesOfTheProvidersPage(t *testing.T) {
	var okta oktaReady
	serving(t, &okta, "okta")
	p := settingsPage{t: t, http: &http.Transport{}}
	t.Cleanup(p.http.CloseIdleConnections)
	serving(t, &p.ready, "target")
	admin, ctx := oktaAdmin(t, okta.URL, okta.Token), t.Context()
	must := func(err error) { t.Helper(); require.NoError(t, err) }

	found, err := admin.BrowseCatalogue(ctx, "Immuta")
	must(err)
	require.Len(t, found, 1)
	app, err := admin.CreateApp(ctx, "Immuta for everybody", found[0].Key)
	must(err)
	sheet, err := admin.AppSheet(ctx, app)
	must(err)
	ana, err := admin.CreateUser(ctx, directory.Profile{"login": "ana@example.com", "email": "ana@example.com", "firstName": "Ana", "lastName": "Ruiz"})
	must(err)

	_, text, instance := p.admin("GET", "/instance", "")
	baseURL, _ := instance["base_url"].(string)
	require.NotEmpty(t, baseURL, text)
	form, err := json.Marshal(map[string]any{
		"display_name": "Okta", "type": "saml", "scim_enabled": true, "sync_groups": true, "sync_attributes": true,
		"client_options": map[string]string{"entry_point": "https://idp.example/sso", "issuer": "https://idp.example", "certificate": "MIIB", "sign_on_url": sheet.SignOnURL},
	})
	must(err)
	status, text, draft := p.admin("POST", "/drafts", string(form))
	require.Equal(t, 201, status, text)
	at := "/drafts/" + draft["draft"].(string)
	logIn := func() (int, string) {
		status, text, _ := p.admin("POST", at+"/test-user-login", `{"user":"ana@example.com"}`)
		return status, text
	}
	status, text, _ = p.admin("POST", at+"/test-connection", "")
	require.Equal(t, 200, status, text)

	must(admin.SetSignOn(ctx, app, baseURL, "okta"))
	status, text = logIn()
	require.Equal(t, 409, status, text)
	require.Contains(t, text, "not assigned", "E-14.a: until the administrator has the application")
	must(admin.Assign(ctx, app, ana))
	must(admin.SetSignOn(ctx, app, baseURL, "another"))
	status, text = logIn()
	require.Equal(t, 409, status, text)
	require.Contains(t, text, "IAM ID", "E-15.a: a wrong one is named")
	must(admin.SetSignOn(ctx, app, baseURL, "okta"))
	status, text = logIn()
	require.Equal(t, 200, status, text)
	require.Contains(t, text, "ana@example.com", "E-17.b: a passed test shows the user")
	_, _, draft = p.admin("GET", at, "")
	scimURL, key := draft["scim_url"].(string), draft["scim_key"].(string)
	require.Error(t, admin.SaveConnection(ctx, app, scimURL, key), "E-14.b: a draft's key is not live")
	status, text, _ = p.admin("POST", at+"/save", "")
	require.Equal(t, 201, status, text)

	require.ErrorContains(t, admin.TryCredentials(ctx, app, scimURL, key+"x"), "answered 401")
	require.ErrorContains(t, admin.TryCredentials(ctx, app, scimURL+"/nowhere", key), "answered 404")
	must(admin.SaveConnection(ctx, app, scimURL+"/", key))
	must(admin.SetProvisioning(ctx, app, true, true, true))
	users := func() any {
		_, _, list := p.ask("GET", scimURL+"/Users", key, "")
		return list["totalResults"]
	}
	require.EqualValues(t, 0, users(), "E-39.a: what was before is not synced by itself")
	must(admin.ProvisionUsers(ctx, app))
	require.EqualValues(t, 1, users(), "E-40.a")
}
