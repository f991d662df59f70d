package management_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// INBOUND_PROVISIONING has the rules of matching as Okta's API has them: a PUT is
// partial, and the username format comes under both names that clients know.
func TestInboundProvisioning(t *testing.T) {
	d := sit(t)
	app, err := d.directory.CreateApp("Immuta", directory.TokenAuth)
	d.must(err)
	where := "/api/v1/apps/" + string(app.ID) + "/features/INBOUND_PROVISIONING"
	answer, _ := d.ask(http.MethodGet, where, "")
	require.Equal(t, http.StatusBadRequest, answer.StatusCode, "before there is a connection")
	d.must(d.directory.Connect(app.ID, "https://sp.example.test", "k3y"))
	d.must(d.directory.SetConnected(app.ID, true))

	shown := func(exact, partial, confirmExact string) string {
		return `{"name":"INBOUND_PROVISIONING","status":"ENABLED","description":"In-bound provisioning settings from an app to Okta","capabilities":{` +
			`"importSettings":{"username":{"userNameFormat":"CUSTOM","usernameFormat":"CUSTOM"},"schedule":{"fullImport":null,"incrementalImport":null,"status":"DISABLED"}},` +
			`"importRules":{"userCreateAndMatch":{"exactMatchCriteria":"` + exact + `","allowPartialMatch":` + partial + `,"autoConfirmPartialMatch":false,"autoConfirmExactMatch":` + confirmExact +
			`,"autoConfirmNewUsers":false,"autoActivateNewUsers":false}}},"_links":{"self":{"href":"http://okta.example.test` + where + `","hints":{"allow":["GET","PUT"]}}}}`
	}
	answer, body := d.ask(http.MethodGet, where, "")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.JSONEq(t, shown("USERNAME", "false", "false"), body)
	_, body = d.ask(http.MethodPut, where, `{"importSettings":{"username":{"userNameFormat":"EMAIL"}},"importRules":{"userCreateAndMatch":{"exactMatchCriteria":"EMAIL","allowPartialMatch":true}}}`)
	require.JSONEq(t, shown("EMAIL", "true", "false"), body)
	_, body = d.ask(http.MethodPut, where, `{"importRules":{"userCreateAndMatch":{"autoConfirmExactMatch":true}}}`)
	require.JSONEq(t, shown("EMAIL", "true", "true"), body, "what is not named stays")
	answer, body = d.ask(http.MethodPut, where, `{"importRules":{"userCreateAndMatch":{"exactMatchCriteria":"SHOE_SIZE"}}}`)
	require.Equal(t, http.StatusBadRequest, answer.StatusCode)
	require.Contains(t, body, "USERNAME or EMAIL")
}

// What Okta has in its console alone: each setting stands for itself, and what cannot
// be is refused.
func TestImportSettings(t *testing.T) {
	d := sit(t)
	app, err := d.directory.CreateApp("Immuta", directory.TokenAuth)
	d.must(err)
	require.ErrorContains(t, d.SetImportGroups(t.Context(), app.ID, true), "provisioning is not enabled")
	d.must(d.directory.Connect(app.ID, "https://sp.example.test", "k3y"))
	d.must(d.directory.SetConnected(app.ID, true))
	settings := func() directory.ImportSettings {
		s, err := d.directory.ImportSettings(app.ID)
		d.must(err)
		return s
	}
	require.Equal(t, directory.ImportSettings{Match: directory.MatchUserName, Safeguard: 20}, settings())
	d.must(d.SetImportGroups(t.Context(), app.ID, true))
	d.must(d.SetProfileSourcing(t.Context(), app.ID, true))
	d.must(d.SetImportSafeguard(t.Context(), app.ID, 35))
	d.must(d.MatchImported(t.Context(), app.ID, directory.MatchEmail, true))
	require.Equal(t, directory.ImportSettings{Groups: true, ProfileSourcing: true, Match: directory.MatchEmail, PartialMatch: true, Safeguard: 35}, settings())
	d.must(d.AutoConfirm(t.Context(), app.ID, true, false, true))
	require.Equal(t, directory.ImportSettings{
		Groups: true, ProfileSourcing: true, Match: directory.MatchEmail, PartialMatch: true, Safeguard: 35,
		ConfirmExact: true, ConfirmNew: true, ActivateNew: true,
	}, settings())
	for _, percent := range []int{-1, 101} {
		require.ErrorContains(t, d.SetImportSafeguard(t.Context(), app.ID, percent), "from 0 to 100")
	}
	_, body := d.ask(http.MethodGet, "/mock/v1/apps/"+string(app.ID)+"/import/settings", "")
	require.JSONEq(t, `{"importGroups":true,"profileSourcing":true,"safeguard":35}`, body)
	require.ErrorContains(t, d.IgnoreImported(t.Context(), app.ID, "nobody"), "nobody (ImportedUser)")
}
