package management_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

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
	asked("POST", push, `{"sourceGroupId":"`+eng+`","targetGroupId":"00gSomebodys"}`, 400, "group-push/link")
	asked("POST", tab+"/link", `{"sourceGroupId":"`+eng+`","targetId":"g-42","targetName":"Theirs","status":"ERROR"}`, 400, "neither ACTIVE nor INACTIVE")
	asked("POST", tab+"/link", `{"sourceGroupId":"`+eng+`","targetId":"g-42","targetName":"Theirs","status":"INACTIVE"}`, 200, `"status":"INACTIVE"`)
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
