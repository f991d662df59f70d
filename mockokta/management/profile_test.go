package management_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

// provisioning is a furnished desk whose application provisions everything and
// that Ada is assigned to; what happened until then is forgotten.
func provisioning(t *testing.T) *desk {
	d := furnished(t)
	d.must(d.SetProvisioning(t.Context(), app, true, true, true))
	d.must(d.Assign(t.Context(), app, ada))
	d.changes = nil
	return d
}

func (d *desk) happened() []directory.Change {
	var all []directory.Change
	for _, e := range d.changes {
		all = append(all, e.Change)
	}
	d.changes = nil
	return all
}

func TestMappingsAreAnAdministrators(t *testing.T) {
	d := provisioning(t)
	ctx := t.Context()
	d.must(d.UpdateUser(ctx, ada, directory.Profile{"costCenter": "7"}))
	require.Equal(t, []directory.Change{directory.ProfileChanged{Person: ada}}, d.happened())

	d.must(d.Map(ctx, app, "nickName", `"no. " + user.costCenter`))
	require.Equal(t, []directory.Change{directory.ProfileChanged{Person: ada}}, d.happened())
	u, err := d.AppUser(ctx, app, ada)
	d.must(err)
	require.Equal(t, "no. 7", u.Profile["nickName"])

	d.must(d.Unmap(ctx, app, "nickName"))
	d.must(d.MapOnCreate(ctx, app, "costCenter", "user.costCenter"))
	d.must(d.UpdateUser(ctx, ada, directory.Profile{"costCenter": "8"}))
	require.Empty(t, d.happened())
	mapped, err := d.Mapped(ctx, app)
	d.must(err)
	require.Equal(t, directory.PropertyMapping{Expression: "user.costCenter", CreateOnly: true}, mapped["costCenter"])
	require.NotContains(t, mapped, "nickName")
	require.Equal(t, "user.firstName", mapped["givenName"].Expression, "a request is a partial update")
}

func TestAGroupsPriorityAndProfile(t *testing.T) {
	d := furnished(t)
	ctx := t.Context()
	d.must(d.SetProvisioning(ctx, app, true, true, true))
	ops, err := d.CreateGroup(ctx, "ops")
	d.must(err)
	for _, g := range []directory.GroupID{eng, ops} {
		d.must(d.AddMember(ctx, g, ada))
		d.must(d.AssignGroup(ctx, app, g))
	}
	d.changes = nil
	d.must(d.AssignGroupWith(ctx, app, ops, 0, directory.Profile{"title": "Ops"}))
	d.must(d.EditAppGroup(ctx, app, ops, "title", "Operator"))
	d.must(d.PrioritizeGroup(ctx, app, eng, 0))
	require.Equal(t, []directory.Change{directory.ProfileChanged{Person: ada}, directory.ProfileChanged{Person: ada}, directory.ProfileChanged{Person: ada}}, d.happened())
	groups, err := d.AppGroups(ctx, app)
	d.must(err)
	require.Empty(t, cmp.Diff([]management.AppGroup{
		{ID: eng, Priority: 0, Profile: directory.Profile{}}, {ID: ops, Priority: 1, Profile: directory.Profile{"title": "Operator"}},
	}, groups))

	u, err := d.AppUser(ctx, app, ada)
	d.must(err)
	require.Equal(t, directory.ScopeGroup, u.Scope)
	d.must(d.Assign(ctx, app, ada))
	u, err = d.AppUser(ctx, app, ada)
	d.must(err)
	require.Equal(t, directory.ScopeUser, u.Scope)
}

func TestWhatOnlyTheConsoleHas(t *testing.T) {
	d := provisioning(t)
	ctx := t.Context()
	d.must(d.ForceSync(ctx, app))
	require.Equal(t, []directory.Change{directory.ForceSyncAsked{Person: ada}}, d.happened())

	d.must(d.ExcludeUserNameUpdates(ctx, app, true))
	d.must(d.UpdateUser(ctx, ada, directory.Profile{"login": "lady@example.test"}))
	require.Empty(t, d.happened())
	d.must(d.ExcludeUserNameUpdates(ctx, app, false))
	d.must(d.UpdateUser(ctx, ada, directory.Profile{"login": "ada.b@example.test"}))
	require.Equal(t, []directory.Change{directory.ProfileChanged{Person: ada}}, d.happened())

	d.must(d.RetryTask(ctx, app+".1"))
	require.Equal(t, []string{app + ".1"}, d.retried)
	require.Error(t, d.CompleteTask(ctx, app+".2"))
	require.Equal(t, []string{app + ".2"}, d.done)
}

// The application username that was typed for one person is set back by typing what
// it would be without: from then on it follows the login again.
func TestATypedUserNameIsSetBack(t *testing.T) {
	d := provisioning(t)
	edited := func(userName string) string {
		answer, body := d.ask("POST", "/api/v1/apps/"+app+"/users/"+ada, `{"credentials":{"userName":"`+userName+`"}}`)
		require.Equal(t, 200, answer.StatusCode, body)
		return body
	}
	changed := []directory.Change{directory.ProfileChanged{Person: ada}}
	require.Contains(t, edited("typed"), `"userName":"typed"`)
	require.Equal(t, changed, d.happened())
	require.Contains(t, edited("ada@example.test"), `"userName":"ada@example.test"`)
	require.Equal(t, changed, d.happened())
	require.Contains(t, edited("ada@example.test"), `"userName":"ada@example.test"`)
	require.Empty(t, d.happened(), "it is that already")
	d.must(d.UpdateUser(t.Context(), ada, directory.Profile{"login": "lady@example.test"}))
	require.Equal(t, changed, d.happened())
	u, err := d.directory.Assignment(app, ada)
	d.must(err)
	require.Empty(t, u.Own)
}

func TestUnassigningIsAskedBefore(t *testing.T) {
	d := provisioning(t)
	ctx := t.Context()
	question, err := d.AskToUnassign(ctx, app, ada)
	d.must(err)
	require.Contains(t, question, "ada@example.test")
	require.Empty(t, d.happened(), "without confirmation nothing is sent")
	_, err = d.AppUser(ctx, app, ada)
	d.must(err)
	d.must(d.ConfirmUnassign(ctx, app, ada))
	require.Equal(t, []directory.Change{directory.Unassigned{Person: ada}}, d.happened())
	_, err = d.AskToUnassign(ctx, app, ada)
	require.ErrorContains(t, err, "E0000007")
}

// A password is told to those who sync it, and shown nowhere.
func TestAPasswordIsNeverShown(t *testing.T) {
	d := provisioning(t)
	ctx := t.Context()
	const secret = "tr0ub4dor"
	d.must(d.SetPassword(ctx, ada, secret))
	require.Empty(t, d.happened(), "off by default")
	d.must(d.SetSyncPassword(ctx, app, true))
	d.must(d.SetPassword(ctx, ada, secret))
	require.Equal(t, []directory.Change{directory.PasswordChanged{Person: ada}}, d.happened())
	require.Equal(t, secret, d.directory.Password(ada))
	_, body := d.ask("POST", "/api/v1/users", `{"profile":{"login":"bo@example.test","email":"b@c","firstName":"Bo","lastName":"L"},"credentials":{"password":{"value":"`+secret+`"}}}`)
	require.Contains(t, body, `"passwordChanged":"2026-01-02T03:04:05.000Z"`)

	for _, what := range []string{"/api/v1/users", "/api/v1/users/" + ada, "/api/v1/logs", "/api/v1/apps/" + app + "/users", "/mock/v1/tasks"} {
		_, body := d.ask("GET", what, "")
		require.NotContains(t, body, secret, what)
	}
	for _, wrong := range []string{`{"credentials":{"password":{"value":["` + secret + `"]}}}`, `{"credentials":{"password":"` + secret + `"}}`, `{"credentials":{"password":{"value":"` + secret + `"}`} {
		answer, body := d.ask("POST", "/api/v1/users/"+ada, wrong)
		require.Equal(t, 400, answer.StatusCode)
		require.NotContains(t, body, secret)
	}
	require.NotContains(t, fmt.Sprintf("%+v", d.changes), secret)
	p, err := d.directory.Person(ada)
	d.must(err)
	require.NotContains(t, fmt.Sprintf("%+v", p), secret)
}

func TestTheSystemLog(t *testing.T) {
	d := provisioning(t)
	ctx := t.Context()
	d.directory.Record("application.provision.user.push", app, ada, "", "Error while creating user ada@example.test: Conflict")
	for name, tt := range map[string]struct {
		query string
		want  []string
	}{
		"by event type":      {"filter=" + q(`eventType eq "application.user_membership.add"`), []string{"application.user_membership.add"}},
		"by two things":      {"filter=" + q(`target.id eq "`+ada+`" and outcome.result eq "FAILURE"`), []string{"application.provision.user.push"}},
		"by a second target": {"filter=" + q(`target.id eq "`+app+`" and eventType eq "application.user_membership.add"`), []string{"application.user_membership.add"}},
		"by words":           {"q=conflict+ADA", []string{"application.provision.user.push"}},
		"backwards":          {"sortOrder=DESCENDING&limit=2", []string{"application.provision.user.push", "application.user_membership.add"}},
		"of another day":     {"until=2026-01-01T00:00:00Z", nil},
		"until now":          {"until=2026-01-02T03:04:05Z&limit=1", []string{"user.lifecycle.create"}},
		"since now":          {"since=2026-01-02T03:04:05Z&limit=1", []string{"user.lifecycle.create"}},
		"since tomorrow":     {"since=2026-01-03T00:00:00Z", nil},
	} {
		t.Run(name, func(t *testing.T) {
			answer, body := d.ask("GET", "/api/v1/logs?"+tt.query, "")
			require.Equal(t, 200, answer.StatusCode, body)
			var got []string
			for _, part := range strings.Split(body, `"eventType":"`)[1:] {
				kind, _, _ := strings.Cut(part, `"`)
				got = append(got, kind)
			}
			require.Equal(t, tt.want, got)
		})
	}
	events, err := d.Log(ctx, `eventType eq "application.provision.user.push"`)
	d.must(err)
	require.Len(t, events, 1)
	require.Equal(t, "FAILURE", events[0].Outcome.Result)
	require.Equal(t, "Error while creating user ada@example.test: Conflict", events[0].Outcome.Reason)
	require.Equal(t, ada, events[0].Targets[0].ID)
	_, body := d.ask("GET", "/api/v1/logs?limit=1", "")
	require.Contains(t, body, `"uuid":"00000000-0000-4000-8000-000000000001","published":"2026-01-02T03:04:05.000Z","eventType":"user.lifecycle.create","version":"0","severity":"INFO"`)
	require.Contains(t, body, `"outcome":{"result":"SUCCESS","reason":null},"target":[{"id":"`+ada+`","type":"User","alternateId":"ada@example.test","displayName":"Ada Byron","detailEntry":null}]`)
}

func q(filter string) string {
	return strings.NewReplacer(" ", "+", `"`, "%22").Replace(filter)
}

// Whoever polls has a next link on every page, and sees each event once.
func TestTheLogIsPolled(t *testing.T) {
	d := furnished(t)
	first, _ := d.ask("GET", "/api/v1/logs?filter="+q(`eventType eq "user.account.update_profile"`), "")
	seen := 0
	next := first
	for range 3 {
		d.now = d.now.Add(time.Minute)
		d.must(d.UpdateUser(t.Context(), ada, directory.Profile{"title": d.now.String()}))
		links := next.Header.Values("Link")
		require.Len(t, links, 2, "self and next")
		where, _, _ := strings.Cut(strings.TrimPrefix(links[1], "<http://okta.example.test"), ">")
		var body string
		next, body = d.ask("GET", where, "")
		seen += strings.Count(body, `"uuid"`)
	}
	require.Equal(t, 3, seen)
	bounded, _ := d.ask("GET", "/api/v1/logs?until=2026-01-02T04:04:05Z", "")
	require.Len(t, bounded.Header.Values("Link"), 1, "who does not poll has an end")
}

func TestAClientReadsALongLog(t *testing.T) {
	d := furnished(t)
	for range 2500 {
		d.directory.Record("application.provision.user.push", app, ada, "", "")
	}
	events, err := d.Log(t.Context(), `eventType eq "application.provision.user.push"`)
	d.must(err)
	require.Len(t, events, 2500)
}

// A connection that is refused stands in the log.
func TestARefusedConnectionIsLogged(t *testing.T) {
	d := furnished(t)
	d.refuse = fmt.Errorf("the SCIM server answered 401: no such key")
	require.Error(t, d.ActivateConnection(t.Context(), app))
	events, err := d.Log(t.Context(), `eventType eq "application.configuration.update" and outcome.result eq "FAILURE"`)
	d.must(err)
	require.Len(t, events, 1)
	require.Equal(t, d.refuse.Error(), events[0].Outcome.Reason)
}

// Whatever JSON comes, there is an answer, and it is no internal error.
func FuzzOddJSON(f *testing.F) {
	for _, body := range []string{
		"null", "[]", "{}", `"x"`, "1", "[null]", `[{"op":null,"path":null}]`, `[{"op":"replace","path":"/profile/","value":{}}]`, `[{"op":"add","path":"/profile/title","value":[[]]}]`,
		`{"properties":null}`, `{"properties":{"title":null,"":{"expression":"'"}}}`, `{"priority":null,"profile":null}`, `{"priority":1e99}`, `{"profile":{"title":{"a":[1]}}}`,
		`{"definitions":{"custom":{"properties":{"x":null,"y":{"type":"array","items":null,"enum":[{}],"oneOf":[{"const":[]}]}}}}}`,
		`{"definitions":{"custom":{"properties":{"y":{"enum":[[1],[1]]}}}}}`,
		`{"credentials":{"password":{"value":"x"}},"profile":{"login":{}}}`, `{"update":{"password":{"status":"ENABLED"}}}`, `{"confirmed":true}`, `{"enabled":true}`,
		`{"id":"` + ada + `","profile":{"title":[]}}`,
		`{"label":"x","settings":{"app":{"baseUrl":"http://%zz","iamId":{}},"notes":[]}}`, `{"label":"x","settings":{"app":null}}`,
		`{"role":"user"}`, `{"baseUrl":"http://:0","profile":{"authScheme":"TOKEN"}}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		d := provisioning(t)
		d.must(d.AssignGroup(t.Context(), app, eng))
		for _, to := range []struct{ method, path string }{
			{"PUT", "/api/v1/apps/" + app + "/groups/" + eng},
			{"PATCH", "/api/v1/apps/" + app + "/groups/" + eng},
			{"POST", toApp},
			{"POST", toOkta},
			{"POST", schemaURL},
			{"POST", "/api/v1/apps/" + app + "/users"},
			{"POST", "/api/v1/apps/" + app + "/users/" + ada},
			{"POST", "/api/v1/users/" + ada},
			{"PUT", "/api/v1/apps/" + app + "/features/USER_PROVISIONING"},
			{"PUT", "/mock/v1/apps/" + app + "/exclude-username-updates"},
			{"POST", "/mock/v1/apps/" + app + "/test-connection"},
			{"POST", "/mock/v1/tokens"},
			{"PUT", "/api/v1/apps/" + app},
			{"POST", "/mock/v1/apps/" + app + "/users/" + ada + "/unassign"},
		} {
			if body == "" {
				body = " "
			}
			answer, text := d.ask(to.method, to.path, body)
			if answer.StatusCode >= 500 {
				t.Errorf("%s %s %s -> %d %s", to.method, to.path, body, answer.StatusCode, text)
			}
		}
	})
}
