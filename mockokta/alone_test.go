package mockokta

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

// Where nobody calls Settle, what follows from a change has happened when the
// change is answered, also when the administrator hung up meanwhile.
func TestAnOktaThatStandsAloneSettles(t *testing.T) {
	made := 0
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost {
			made++
			return httpmock.NewStringResponse(http.StatusCreated, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"42"}`), nil
		}
		return httpmock.NewStringResponse(http.StatusOK, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0}`), nil
	})
	for name, alone := range map[string]bool{"alone": true, "where somebody settles": false} {
		t.Run(name, func(t *testing.T) {
			made = 0
			o := newOrg(Config{Target: target, ServeSettles: alone, Now: time.Now})
			defer o.close()
			app, err := o.directory.CreateApp("Target", directory.TokenAuth)
			require.NoError(t, err)
			require.NoError(t, o.directory.Connect(app.ID, "http://target.test/scim", "k3y"))
			require.NoError(t, o.directory.SetConnected(app.ID, true))
			require.NoError(t, o.directory.Set(app.ID, directory.Settings{CreateUsers: true}))
			ana, err := o.directory.CreatePerson(directory.Profile{"login": "ana", "email": "ana@example.test", "firstName": "Ana", "lastName": "Ruiz"}, true, false)
			require.NoError(t, err)
			change, err := o.directory.Assign(app.ID, ana.ID, nil)
			require.NoError(t, err)

			hungUp, hangUp := context.WithCancel(t.Context())
			hangUp()
			require.NoError(t, o.changed(hungUp, []directory.Effect{{App: app.ID, Change: change}}))
			require.Equal(t, map[bool]int{true: 1, false: 0}[alone], made)
			require.Empty(t, o.tasks())
		})
	}
}

// A plan that Okta does not support is warned of once, when it has come to be.
func TestAPlanThatOktaDoesNotSupportIsWarnedOf(t *testing.T) {
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(httpmock.NewStringResponder(http.StatusOK, `{"totalResults":0,"startIndex":1,"itemsPerPage":0}`))
	var said []string
	okta, err := Start(Config{Target: target, Warn: func(text string) { said = append(said, text) }})
	require.NoError(t, err)
	defer okta.Close()
	admin := &management.Client{URL: okta.URL, Token: okta.Token, HTTP: &http.Transport{DisableKeepAlives: true}}
	app, err := admin.CreateApp(t.Context(), "Target", directory.TokenAuth)
	require.NoError(t, err)
	require.NoError(t, admin.Connect(t.Context(), app, "http://target.test/scim", "k3y"))
	require.NoError(t, admin.ActivateConnection(t.Context(), app))
	group, err := admin.CreateGroup(t.Context(), "Analysts")
	require.NoError(t, err)
	_, err = admin.PushGroup(t.Context(), app, group, "Analysts")
	require.NoError(t, err)
	require.Empty(t, said)
	require.NoError(t, admin.AssignGroup(t.Context(), app, group))
	_, err = admin.Members(t.Context(), group)
	require.NoError(t, err)
	require.Equal(t, []string{`the group "Analysts" is assigned to the application "Target" and pushed to it: Okta does not support one group for both, and people can be missing from it at the target, or stay in it, until it is pushed again (Push now)`}, said)
}
