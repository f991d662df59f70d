package management_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

// strangers are links of an Okta that knows nobody at the target.
type strangers struct{}

func (strangers) PersonOf(string) (directory.PersonID, bool)      { return "", false }
func (strangers) AccountOf(directory.PersonID) (string, bool)     { return "", false }
func (strangers) GroupOf(string) (directory.GroupID, bool)        { return "", false }
func (strangers) AccountGroupOf(directory.GroupID) (string, bool) { return "", false }

func (strangers) Mark(string) *int { return nil }

// imported is Okta's id of a group of the target's, once an import has brought it.
func (d *desk) imported(id, name string) directory.GroupID {
	d.t.Helper()
	d.must(d.directory.SetImport(app, directory.ImportSettings{Groups: true}))
	i, err := d.directory.BeginImport(app, strangers{}, func(s string) string { return s })
	d.must(err)
	d.must(i.Groups([]directory.AccountGroup{{ID: id, Name: name}}))
	i.Commit()
	groups, err := d.directory.ImportedGroups(app, directory.Part{})
	d.must(err)
	return groups[0].ID
}

// What the Push Groups tab shows, as the API has it, and what of it the console alone
// can do.
func TestThePushGroupsTab(t *testing.T) {
	d := furnished(t)
	tab := "/mock/v1/apps/" + app + "/group-push"
	asked := func(method, path, body string, status int, want string) {
		t.Helper()
		answer, text := d.ask(method, path, body)
		require.Equal(t, status, answer.StatusCode, text)
		require.Contains(t, text, want)
	}
	theirs := string(d.imported("g-42", "Theirs"))
	for _, target := range []string{`"targetGroupName":"eng","targetGroupId":"` + theirs + `"`, `"targetGroupName":"","targetGroupId":""`} {
		asked("POST", push, `{"sourceGroupId":"`+eng+`",`+target+`}`, 400,
			`"errorCode":"E0000001","errorSummary":"Api validation failed: targetGroupName","errorLink":"E0000001","errorId":"oae`)
		asked("POST", push, `{"sourceGroupId":"`+eng+`",`+target+`}`, 400,
			`"errorCauses":[{"errorSummary":"targetGroupName: Exactly one of targetGroupName and targetGroupId must be given"}]`)
	}
	asked("POST", push, `{"sourceGroupId":"`+eng+`","targetGroupId":"00gSomebodys"}`, 404, `"errorCode":"E0000007"`)
	asked("POST", push, `{"sourceGroupId":"`+eng+`","targetGroupId":"`+eng+`"}`, 400, "targetGroupId: The group is one of Okta's own, and")
	asked("POST", push, `{"sourceGroupId":"`+eng+`","targetGroupId":"`+theirs+`","status":"ERROR"}`, 400, "neither ACTIVE nor INACTIVE")
	asked("POST", push, `{"sourceGroupId":"`+eng+`","targetGroupId":"`+theirs+`","status":"INACTIVE"}`, 200, `"targetGroupId":"`+theirs+`","status":"INACTIVE"`)
	asked("POST", tab+"/link", `{}`, 404, "E0000008")
	require.Empty(t, d.changes, "an inactive link is not said")
	asked("POST", tab+"/bulk", `{"mappings":["gPmMOCK0000000000001"],"action":"PUSH"}`, 400, "none of ACTIVATE, DEACTIVATE, LEAVE and DELETE")
	asked("POST", tab+"/bulk", `{"mappings":["gPmMOCK0000000000001"],"action":"ACTIVATE"}`, 204, "")
	require.Equal(t, []directory.Effect{{App: app, Change: directory.GroupPushed{Group: eng}}}, d.changes)

	asked("GET", tab+"/rules", "", 200, "[]")
	asked("POST", tab+"/rules", `{"name":"all","by":"NAME","match":"CONTAINS","value":"n"}`, 200, `"status":"ACTIVE"`)
	asked("PATCH", tab+"/rules/gPrMOCK0000000000001", `{"status":"INACTIVE"}`, 204, "")
	asked("GET", tab+"/rules", "", 200, `"status":"INACTIVE"`)
	d.changes = nil
	asked("PATCH", tab+"/rules/gPrMOCK0000000000001", `{}`, 400, "neither ACTIVE nor INACTIVE")
	asked("PATCH", push+"/gPmMOCK0000000000001", `{"status":"INACTIVE"}`, 200, `"status":"INACTIVE"`)
	asked("PATCH", push+"/gPmMOCK0000000000001", `{}`, 400, "neither ACTIVE nor INACTIVE")
	asked("GET", push+"/gPmMOCK0000000000001", "", 200, `"status":"INACTIVE"`)
	asked("GET", tab+"/rules", "", 200, `"status":"INACTIVE"`)
	require.Empty(t, d.changes, "a PATCH that names no status says nothing")
	asked("DELETE", tab+"/rules/gPrMOCK0000000000001", "", 400, "deleteTargetGroup")
	asked("DELETE", tab+"/rules/gPrMOCK0000000000001?deleteTargetGroup=false", "", 204, "")
	asked("PATCH", tab+"/rules/gPrMOCK0000000000001", `{"status":"ACTIVE"}`, 404, "gPrMOCK0000000000001")

	asked("PUT", "/api/v1/groups/"+eng+"/users/"+eng, "", 400, "nested groups")
}

// A mapping shows when it was pushed last and what failed; one that an administrator
// made inactive shows no error.
func TestAMappingInError(t *testing.T) {
	d := furnished(t)
	m, err := d.PushGroup(t.Context(), app, eng, "eng")
	d.must(err)
	d.standing = management.Standing{Error: "Conflict", Pushed: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)}
	answer, text := d.ask("GET", push+"/"+string(m), "")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Contains(t, text, `"status":"ERROR","lastPush":"2026-01-02T03:04:05Z","errorSummary":"Conflict"`)
	d.changes = nil
	d.must(d.RetryAllGroups(t.Context(), app))
	require.Equal(t, []directory.Effect{{App: app, Change: directory.GroupPushed{Group: eng}}}, d.changes)

	d.must(d.SetPush(t.Context(), app, m, false))
	_, text = d.ask("GET", push+"/"+string(m), "")
	require.Contains(t, text, `"status":"INACTIVE"`)
	require.NotContains(t, text, "errorSummary")
	d.changes = nil
	d.must(d.RetryAllGroups(t.Context(), app))
	require.Empty(t, d.changes)
}

// A mapping links to its other side, which is a group in Okta: one that Okta made at the
// target, or one that an import brought. It is looked at and not changed.
func TestTheOtherSideOfAMappingIsAGroup(t *testing.T) {
	d := furnished(t)
	made, err := d.PushGroup(t.Context(), app, eng, "Engineers")
	d.must(err)
	m, err := d.Mapping(t.Context(), app, made)
	d.must(err)
	at := "/api/v1/groups/" + string(m.Target)
	answer, text := d.ask("GET", push+"/"+string(made), "")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Contains(t, text, `"targetGroup":{"href":"http://okta.example.test`+at+`"}`)
	answer, text = d.ask("GET", at, "")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.JSONEq(t, `{
		"id":"`+string(m.Target)+`","created":"2026-01-02T03:04:05.000Z","lastUpdated":"2026-01-02T03:04:05.000Z","lastMembershipUpdated":"2026-01-02T03:04:05.000Z",
		"objectClass":["okta:user_group"],"type":"APP_GROUP","profile":{"name":"Engineers","description":""},
		"_links":{"source":{"href":"http://okta.example.test/api/v1/apps/`+app+`"}}}`, text)

	theirs := "/api/v1/groups/" + string(d.imported("g-42", "Theirs"))
	d.now = d.now.Add(time.Hour)
	_, text = d.ask("GET", theirs, "")
	require.Contains(t, text, `"lastUpdated":"2026-01-02T03:04:05.000Z"`)
	require.Contains(t, text, `"type":"APP_GROUP","profile":{"name":"Theirs"`)
	require.Equal(t, theirs, "/api/v1/groups/"+string(d.imported("g-42", "Theirs now")))
	_, text = d.ask("GET", theirs, "")
	require.Contains(t, text, `"created":"2026-01-02T03:04:05.000Z","lastUpdated":"2026-01-02T04:04:05.000Z","lastMembershipUpdated":"2026-01-02T03:04:05.000Z"`)
	d.now = d.now.Add(time.Hour)
	d.imported("g-42", "Theirs now")
	_, same := d.ask("GET", theirs, "")
	require.Equal(t, text, same, "an import that brings nothing new")

	for _, ask := range [][3]string{{"PUT", theirs, `{"profile":{"name":"Ours"}}`}, {"DELETE", theirs, ""}, {"GET", "/api/v1/groups/00gNobody", ""}} {
		answer, text := d.ask(ask[0], ask[1], ask[2])
		require.Equal(t, http.StatusNotFound, answer.StatusCode)
		require.Contains(t, text, "(UserGroup)")
	}
	_, text = d.ask("GET", "/api/v1/groups", "")
	require.NotContains(t, text, "APP_GROUP")
}
