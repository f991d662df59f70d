package management_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

// furnishedFromCatalogue is a desk with one person, and the catalogue's application of
// the provider's page, assigned to nobody.
func furnishedFromCatalogue(t *testing.T) *desk {
	t.Helper()
	d := sit(t)
	_, err := d.CreateUser(t.Context(), profile("ada@example.test"))
	d.must(err)
	_, err = d.CreateApp(t.Context(), "Immuta", directory.Immuta)
	d.must(err)
	return d
}

// S-12, E-12.a: the catalogue has the provider's entry, which says that it is the
// mock's own, signs people on by SAML and has provisioning by SCIM without more.
func TestTheCatalogueHasTheProvidersApplication(t *testing.T) {
	d := furnishedFromCatalogue(t)
	found, err := d.BrowseCatalogue(t.Context(), "immuta")
	d.must(err)
	require.Len(t, found, 1)
	require.Equal(t, "mockokta_immuta", found[0].Key)
	require.Equal(t, "Immuta", found[0].Name)
	require.Equal(t, "SAML_2_0", found[0].SignOnMode)
	require.Contains(t, found[0].Note, "is the mock's own")
	none, err := d.BrowseCatalogue(t.Context(), "nothing of the kind")
	d.must(err)
	require.Empty(t, none)
	all, err := d.BrowseCatalogue(t.Context(), "")
	d.must(err)
	require.Len(t, all, 4)

	_, body := d.ask("GET", "/api/v1/apps/"+app, "")
	require.Contains(t, body, `"name":"mockokta_immuta","label":"Immuta","status":"ACTIVE"`)
	require.Contains(t, body, `"signOnMode":"SAML_2_0"`)
	require.Contains(t, body, `"features":["SCIM_PROVISIONING"]`)
	require.Contains(t, body, `"settings":{"app":{"baseUrl":"","iamId":""},"notes":{"admin":"This catalogue application is the mock's own`)
	_, body = d.ask("GET", "/mock/v1/apps/"+app, "")
	require.Contains(t, body, `"catalogue":{"key":"mockokta_immuta","name":"Immuta","signOnMode":"SAML_2_0","note":"This catalogue application is the mock's own`)
}

// S-13, E-13.a: the label may be changed, and nothing else follows.
func TestALabelIsALabel(t *testing.T) {
	for name, key := range map[string]string{"from the catalogue": directory.Immuta, "custom": ""} {
		t.Run(name, func(t *testing.T) {
			d := sit(t)
			id, err := d.CreateApp(t.Context(), "Immuta", key)
			d.must(err)
			if key == "" {
				d.must(d.EnableSCIM(t.Context(), id))
			} else {
				d.must(d.SetSignOn(t.Context(), id, "https://immuta.example.test", "okta"))
			}
			d.must(d.SaveConnection(t.Context(), id, "http://127.0.0.1:9000/scim/v2", "s3cret"))
			d.must(d.SetProvisioning(t.Context(), id, true, false, true))
			_, before := d.ask("GET", "/api/v1/apps/"+app, "")
			of := func() (all []string) {
				for _, path := range []string{"/connections/default", "/features", "/users"} {
					_, body := d.ask("GET", "/api/v1/apps/"+app+path, "")
					all = append(all, body)
				}
				return all
			}
			rest := of()

			d.must(d.SetLabel(t.Context(), id, "Data access"))
			_, after := d.ask("GET", "/api/v1/apps/"+app, "")
			require.Equal(t, strings.Replace(before, `"label":"Immuta"`, `"label":"Data access"`, 1), after)
			require.Equal(t, rest, of())
			require.Empty(t, d.changes)
			require.ErrorContains(t, d.SetLabel(t.Context(), id, " "), "blank")
		})
	}
}

// S-15: Base URL and IAM ID are kept, shown, and edited.
func TestSignOnSettings(t *testing.T) {
	d := furnishedFromCatalogue(t)
	d.must(d.SetSignOn(t.Context(), app, "https://immuta.example.test", "7"))
	got, err := d.SignOn(t.Context(), app)
	d.must(err)
	require.Equal(t, directory.SignOnSettings{BaseURL: "https://immuta.example.test", IAMID: "7"}, got)
	d.must(d.SetLabel(t.Context(), app, "Data access"))
	got, err = d.SignOn(t.Context(), app)
	d.must(err)
	require.Equal(t, "7", got.IAMID, "a label leaves them alone")

	answer, body := d.ask("POST", "/api/v1/apps", `{"name":"mockokta_immuta","label":"Another","signOnMode":"SAML_2_0","settings":{"app":{"baseUrl":"https://other.example.test","iamId":"8"}}}`)
	require.Equal(t, 200, answer.StatusCode, body)
	require.Contains(t, body, `"settings":{"app":{"baseUrl":"https://other.example.test","iamId":"8"}`)

	for name, tt := range map[string]struct {
		method, path, body string
		status             int
		want               string
	}{
		"a PUT replaces the whole":                {"PUT", app, `{"label":"Immuta"}`, 200, `"settings":{"app":{"baseUrl":"","iamId":""}`},
		"null is empty":                           {"PUT", app, `{"label":"Immuta","settings":{"app":{"baseUrl":null}}}`, 200, `"baseUrl":""`},
		"an address that is none":                 {"PUT", app, `{"label":"Immuta","settings":{"app":{"baseUrl":"immuta"}}}`, 400, "not an http or https URL"},
		"an address that is none, at the start":   {"POST", "", `{"name":"mockokta_immuta","label":"x","settings":{"app":{"baseUrl":"immuta"}}}`, 400, "not an http or https URL"},
		"a number":                                {"PUT", app, `{"label":"Immuta","settings":{"app":{"iamId":7}}}`, 400, "A text is expected"},
		"a setting that it has not":               {"PUT", app, `{"label":"Immuta","settings":{"app":{"region":"eu"}}}`, 400, "no setting region"},
		"another name":                            {"PUT", app, `{"label":"Immuta","name":"scim2headerauth"}`, 400, "cannot be changed"},
		"another sign-on mode":                    {"PUT", app, `{"label":"Immuta","signOnMode":"BOOKMARK"}`, 400, "SAML_2_0 only"},
		"an application that is not there":        {"PUT", "0oaX", `{"label":"x"}`, 404, "E0000007"},
		"an application without sign-on settings": {"POST", "", `{"name":"scim2headerauth","label":"x","settings":{"app":{"iamId":"7"}}}`, 400, "has no sign-on settings"},
	} {
		t.Run(name, func(t *testing.T) {
			answer, body := d.ask(tt.method, strings.TrimSuffix("/api/v1/apps/"+tt.path, "/"), tt.body)
			require.Equal(t, tt.status, answer.StatusCode, body)
			require.Contains(t, body, tt.want)
		})
	}
	apps := d.directory.Apps()
	require.Len(t, apps, 2, "what was refused was not made")
}

// S-14, S-17: the stand-in for signing on lets on whom the application is assigned to,
// and tells a provider of that one person, and of nobody else.
func TestSigningOn(t *testing.T) {
	d := furnishedFromCatalogue(t)
	ctx := t.Context()
	bo, err := d.CreateUser(ctx, directory.Profile{"login": "bo@example.test", "email": "bo@example.test", "firstName": "Bo", "lastName": "Lind", "title": "Analyst"})
	d.must(err)
	d.must(d.SetSignOn(ctx, app, "https://immuta.example.test", "7"))
	sheet, err := d.AppSheet(ctx, app)
	d.must(err)
	at, _ := strings.CutPrefix(sheet.SignOnURL, "http://okta.example.test")
	signOn := func(query string) (int, string) {
		w := httptest.NewRecorder() // a browser, without a token
		d.handler.ServeHTTP(w, httptest.NewRequest("GET", at+query, nil))
		return w.Code, w.Body.String()
	}
	const (
		nobody = `{"assigned":false}`
		itIsBo = `{"assigned":true,"base_url":"https://immuta.example.test","iam_id":"7","userName":"bo@example.test","profile":` +
			`{"email":"bo@example.test","emailType":"work","familyName":"Lind","givenName":"Bo","title":"Analyst"}}`
	)
	is := func(want, why string) {
		t.Helper()
		status, body := signOn("?user=bo@example.test")
		require.Equal(t, 200, status, why)
		require.Equal(t, want, body, why)
	}
	is(nobody, "before the application is assigned")
	d.must(d.Assign(ctx, app, bo))
	is(itIsBo, "once it is")
	_, body := signOn("?user=BO%40EXAMPLE.TEST")
	require.Equal(t, itIsBo, body, "a login has no letter case")
	d.must(d.SuspendUser(ctx, bo))
	is(nobody, "while they are suspended")
	d.must(d.UnsuspendUser(ctx, bo))
	is(itIsBo, "and no more")
	d.must(d.DeactivateApp(ctx, app))
	is(nobody, "while the application is inactive")
	d.ask("POST", "/api/v1/apps/"+app+"/lifecycle/activate", "")
	d.must(d.EditAppUser(ctx, app, bo, directory.Profile{"userName": "b.lind"}))
	_, body = signOn("?user=bo@example.test")
	require.Contains(t, body, `"userName":"b.lind"`)
	d.must(d.Unassign(ctx, app, bo))
	is(nobody, "after it was taken away")
	d.must(d.Assign(ctx, app, bo))
	d.must(d.DeactivateUser(ctx, bo))
	is(nobody, "after they were deactivated")

	_, body = signOn("?user=nobody@example.test")
	require.Equal(t, nobody, body, "who is not there is not told from who is not assigned")
	status, body := signOn("")
	require.Equal(t, 400, status, body)
	at = "/mock/v1/sign-on/" + app
	status, body = signOn("?user=ada@example.test")
	require.Equal(t, 404, status, body)

	other, err := d.CreateApp(ctx, "Another", directory.Immuta)
	d.must(err)
	another, err := d.AppSheet(ctx, other)
	d.must(err)
	require.NotEqual(t, sheet.SignOnURL, another.SignOnURL)
	require.Greater(t, len(another.SignOnURL), len("http://okta.example.test/mock/v1/sign-on/")+40, "nobody guesses it")
}

// S-02, E-02.a: who is no administrator is refused whatever an administrator does.
func TestOnlyAnAdministratorIsLetIn(t *testing.T) {
	d := furnished(t)
	ctx := t.Context()
	d.must(d.SetProvisioning(ctx, app, true, true, true))
	token, err := d.NewToken(ctx, "user")
	d.must(err)
	require.GreaterOrEqual(t, len(token), 26)
	user := &management.Client{URL: d.URL, Token: token, HTTP: d.HTTP}
	before, err := d.AppSheet(ctx, app)
	d.must(err)
	for name, act := range map[string]func() error{
		"adds an application":           func() error { _, err := user.CreateApp(ctx, "Mine", directory.Immuta); return err },
		"edits an application":          func() error { return user.SetLabel(ctx, app, "Mine") },
		"deactivates an application":    func() error { return user.DeactivateApp(ctx, app) },
		"connects an application":       func() error { return user.SaveConnection(ctx, app, "http://127.0.0.1:9001", "t") },
		"tests credentials":             func() error { return user.TryCredentials(ctx, app, "http://127.0.0.1:9001", "t") },
		"switches provisioning":         func() error { return user.SetProvisioning(ctx, app, false, false, false) },
		"assigns a person":              func() error { return user.Assign(ctx, app, ada) },
		"assigns a group":               func() error { return user.AssignGroup(ctx, app, eng) },
		"pushes a group":                func() error { _, err := user.PushGroup(ctx, app, eng, "eng"); return err },
		"changes who is in a group":     func() error { return user.AddMembers(ctx, eng, ada) },
		"provisions everybody":          func() error { return user.ProvisionUsers(ctx, app) },
		"edits the profile":             func() error { return user.AddAttribute(ctx, app, directory.Attribute{Name: "x"}) },
		"reads the sign-on's address":   func() error { _, err := user.AppSheet(ctx, app); return err },
		"makes an administrators token": func() error { _, err := user.NewToken(ctx, "admin"); return err },
	} {
		tests := d.tests
		var okta *management.Error
		require.ErrorAs(t, act(), &okta, name)
		require.Equal(t, 403, okta.Status, name)
		require.Equal(t, "E0000006", okta.Code, name)
		require.Empty(t, d.changes, name)
		require.Equal(t, tests, d.tests, name)
	}
	after, err := d.AppSheet(ctx, app)
	d.must(err)
	require.Equal(t, before, after)

	another, err := d.NewToken(ctx, "admin")
	d.must(err)
	colleague := &management.Client{URL: d.URL, Token: another, HTTP: d.HTTP}
	d.must(colleague.Assign(ctx, app, ada))
	require.Len(t, d.changes, 1)
	answer, body := d.ask("POST", "/mock/v1/tokens", `{"role":"owner"}`)
	require.Equal(t, 400, answer.StatusCode, body)
}

// S-32, S-33, E-33.a: what is filled in is tried before it is saved; a failed test
// saves nothing, and leaves what was on as it was.
func TestAFailedTestSavesNothing(t *testing.T) {
	d := furnishedFromCatalogue(t)
	ctx := t.Context()
	connection := func() string { _, body := d.ask("GET", "/api/v1/apps/"+app+"/connections/default", ""); return body }
	unset := connection()
	require.Contains(t, unset, `"status":"DISABLED"`)

	d.refuse = errors.New("the SCIM server answered 401: Error authenticating: no such key")
	require.ErrorContains(t, d.TryCredentials(ctx, app, "http://127.0.0.1:9000/scim/v2", "wr0ng"), "answered 401")
	require.Equal(t, directory.Connection{BaseURL: "http://127.0.0.1:9000/scim/v2", Token: "wr0ng"}, d.tried)
	require.ErrorContains(t, d.SaveConnection(ctx, app, "http://127.0.0.1:9000/scim/v2", "wr0ng"), "answered 401")
	require.Equal(t, unset, connection())
	require.ErrorContains(t, d.SetProvisioning(ctx, app, true, true, true), "Provisioning is not enabled")

	d.refuse = nil
	d.must(d.TryCredentials(ctx, app, "http://127.0.0.1:9000/scim/v2", "s3cret"))
	require.Equal(t, unset, connection(), "a test saves nothing")
	d.must(d.SaveConnection(ctx, app, "http://127.0.0.1:9000/scim/v2", "s3cret"))
	saved := connection()
	require.Contains(t, saved, `"status":"ENABLED","baseUrl":"http://127.0.0.1:9000/scim/v2"`)

	d.refuse = errors.New("the SCIM server answered 404")
	require.Error(t, d.SaveConnection(ctx, app, "http://127.0.0.1:9000/wrong", ""))
	require.Equal(t, directory.Connection{BaseURL: "http://127.0.0.1:9000/wrong", Token: "s3cret"}, d.tried, "without a token it is the one that is stored")
	require.Equal(t, saved, connection())

	for _, elsewhere := range []string{"http://127.0.0.1:9001/scim/v2", "https://127.0.0.1:9000/scim/v2", "http://127.0.0.1.example.com:9000/"} {
		tests := d.tests
		require.ErrorContains(t, d.TryCredentials(ctx, app, elsewhere, ""), "a token of its own")
		require.ErrorContains(t, d.SaveConnection(ctx, app, elsewhere, ""), "a token of its own")
		require.Equal(t, tests, d.tests, "a stored token goes to no other server")
	}

	for name, body := range map[string]string{
		"no address": `{"profile":{"authScheme":"TOKEN"}}`, "no such scheme": `{"baseUrl":"http://127.0.0.1:1","profile":{"authScheme":"OAUTH2"}}`,
	} {
		tests := d.tests
		answer, text := d.ask("POST", "/mock/v1/apps/"+app+"/test-connection", body)
		require.Equal(t, 400, answer.StatusCode, name+text)
		require.Equal(t, tests, d.tests, name)
	}
	bare, err := d.CreateApp(ctx, "Custom", "")
	d.must(err)
	require.ErrorContains(t, d.TryCredentials(ctx, bare, "http://127.0.0.1:9000", "t"), "no provisioning")
}
