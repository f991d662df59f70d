package target_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimproof/scimproof/target"
)

const demoURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:DEMOEXT"

// refusal checks that the screens refuse, and with which words.
func refusal(t *testing.T, err error, status int, words string) {
	t.Helper()
	var refused *target.Refused
	if !errors.As(err, &refused) || refused.Status != status || !strings.Contains(refused.Reason, words) {
		t.Errorf("got %v, want a refusal with status %d that says %q", err, status, words)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func bundled(t *testing.T) (context.Context, target.Endpoint) {
	tg := must[target.Target](t)(target.Bundled(""))
	t.Cleanup(func() {
		if err := tg.Close(); err != nil {
			t.Error(err)
		}
	})
	return t.Context(), must[target.Endpoint](t)(tg.Tenant(t.Context()))
}

// The page, from Add IAM to the first account and an edit.
func TestTheScreensAddAnIAM(t *testing.T) {
	ctx, first := bundled(t)
	instance := must[target.Instance](t)(first.Screens.Instance(ctx))
	assigned := false
	idp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"assigned":%t,"base_url":%q,"iam_id":"okta-saml","userName":"ada@example.com","profile":{"email":"a@example.com"}}`, assigned, instance.BaseURL)
	}))
	defer idp.Close()

	d := must[*target.Draft](t)(first.Screens.AddIAM(ctx, target.Settings{"display_name": "Okta SAML", "type": "saml", "scim_enabled": true}))
	if d.IAM != "okta-saml" || d.URL != instance.BaseURL+"/scim/okta-saml" || !strings.HasPrefix(d.Key, "scimproof_key_") {
		t.Errorf("the page shows %+v", d)
	}
	key := d.Key
	refusal(t, d.TestConnection(ctx), 400, "entry_point")
	if err := d.Fill(ctx, target.Settings{"client_options": map[string]string{"entry_point": "x", "issuer": "y", "certificate": "z", "sign_on_url": idp.URL}}); err != nil || d.Key != key {
		t.Errorf("filled in: %v, %+v", err, d)
	}
	done(t, d.TestConnection(ctx))
	_, err := d.TestUserLogin(ctx, "ada")
	refusal(t, err, 409, "not assigned")
	_, err = d.Save(ctx)
	refusal(t, err, 409, "not assigned")
	assigned = true
	if got, want := must[target.TestedUser](t)(d.TestUserLogin(ctx, "ada")), (target.TestedUser{UserName: "ada@example.com", Profile: map[string]any{"email": "a@example.com"}}); !cmp.Equal(got, want) {
		t.Errorf("the test shows %+v", got)
	}
	saved := must[target.Endpoint](t)(d.Save(ctx))
	if saved.URL != d.URL || saved.Token != key || saved.Screens.IAM != "okta-saml" {
		t.Errorf("saved as %+v", saved)
	}
	post(t, saved, http.StatusCreated, `"userName":"ana"`)

	edit := must[*target.Draft](t)(saved.Screens.EditIAM(ctx, nil))
	if edit.Key == key || edit.URL != saved.URL {
		t.Errorf("the page of the edit shows %+v", edit)
	}
	done(t, edit.Discard(ctx))
	_, err = edit.Save(ctx)
	refusal(t, err, 404, "draft")
	edit = must[*target.Draft](t)(saved.Screens.EditIAM(ctx, target.Settings{"sync_groups": true}))
	done(t, edit.TestConnection(ctx))
	must[target.TestedUser](t)(edit.TestUserLogin(ctx, "ada"))
	if again := must[target.Endpoint](t)(edit.Save(ctx)); again.Token != "" || again.URL != saved.URL {
		t.Errorf("the edit is saved as %+v", again)
	}
	done(t, saved.Screens.Remove(ctx))
	post(t, saved, http.StatusUnauthorized, `"userName":"ben"`)
}

func TestTheScreensSetWhatTheyShow(t *testing.T) {
	ctx, tenant := bundled(t)
	s := tenant.Screens
	_, err := s.Set(ctx, target.Settings{"default_permissions": []string{"AUDIT"}, "profile_schema": map[string]string{"position": "title"}})
	done(t, err)
	done(t, s.TakeAttributes(ctx, demoURN, "okta"))
	done(t, s.MapUsername(ctx, "snowflake", "okta.login"))
	post(t, tenant, http.StatusCreated, `"userName":"ana","title":"Dr","externalId":"1","`+demoURN+`":{"login":"T"}`)
	post(t, tenant, http.StatusCreated, `"userName":"ben","active":false,"`+demoURN+`":{"login":"T"}`)
	done(t, s.EditProfile(ctx, "ana", "about", "likes maps"))
	done(t, s.EditUsername(ctx, "ana", "redshift", "R"))
	done(t, s.GiveAttribute(ctx, "ana", "team", "blue"))
	refusal(t, s.EditProfile(ctx, "ana", "position", "x"), 409, "position")
	refusal(t, s.EditUsername(ctx, "ana", "snowflake", "x"), 409, "snowflakeUser")
	want := []target.Screen{{
		UserName: "ana", IAM: s.IAM, Permissions: []string{"AUDIT"}, Groups: []string{},
		Profile:    target.Profile{Fields: map[string]string{"about": "likes maps", "position": "Dr"}, ExternalUsernames: map[string]string{"snowflakeUser": "T", "redshiftUser": "R"}},
		Attributes: map[string][]string{"okta.login": {"T"}}, ByHand: map[string][]string{"team": {"blue"}}, All: map[string][]string{"okta.login": {"T"}, "team": {"blue"}},
	}, {
		UserName: "ben", IAM: s.IAM, Disabled: true, Permissions: []string{"AUDIT"}, Groups: []string{},
		Profile:    target.Profile{Fields: map[string]string{}, ExternalUsernames: map[string]string{"snowflakeUser": "T"}},
		Attributes: map[string][]string{"okta.login": {"T"}}, ByHand: map[string][]string{}, All: map[string][]string{"okta.login": {"T"}},
	}}
	if diff := cmp.Diff(want, must[[]target.Screen](t)(s.Accounts(ctx))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[0], *must[*target.Screen](t)(s.Account(ctx, "ana"))); diff != "" {
		t.Error(diff)
	}
	if got := must[[]target.AttributeScreen](t)(s.Attributes(ctx)); !cmp.Equal(got, []target.AttributeScreen{{Name: "okta.login", Values: []string{"T"}}, {Name: "team", Values: []string{"blue"}}}) {
		t.Errorf("the attributes are %v", got)
	}
	usernames := must[[]target.UsernameScreen](t)(s.ExternalUsernames(ctx))
	if len(usernames) != 2 || usernames[0].Username != "T" || strings.Join(usernames[0].Accounts, " ") != "ana ben" || usernames[0].Warning == "" || usernames[1].Platform != "redshift" {
		t.Errorf("the usernames are %v", usernames)
	}
	left := must[target.Leftovers](t)(s.Leftovers(ctx))
	if len(left.Disabled) != 1 || left.Disabled[0].UserName != "ben" || strings.Join(left.Unlinked, " ") != "ben" {
		t.Errorf("the leftovers are %+v", left)
	}
	_, err = s.Set(ctx, target.Settings{"external_usernames": map[string]string{}})
	done(t, err)
	done(t, s.TakeAttributes(ctx, demoURN, "other"))
	done(t, s.ForceSync(ctx))
	done(t, s.GiveAttribute(ctx, "ana", "team"))
	if got := must[*target.Screen](t)(s.Account(ctx, "ana")).All; !cmp.Equal(got, map[string][]string{"other.login": {"T"}}) {
		t.Errorf("after Force Sync there are %v", got)
	}
	if got := must[*target.Screen](t)(s.Account(ctx, "ana")).ByHand; len(got) != 0 {
		t.Errorf("by hand is left %v", got)
	}
}

func TestTheScreensTickAndUntick(t *testing.T) {
	ctx, tenant := bundled(t)
	s := tenant.Screens
	if key, err := s.Set(ctx, target.Settings{"scim_enabled": false}); key != "" || err != nil {
		t.Errorf("unticking gave %q, %v", key, err)
	}
	post(t, tenant, http.StatusUnauthorized, `"userName":"ana"`)
	fresh := tenant
	fresh.Token = must[string](t)(s.Set(ctx, target.Settings{"scim_enabled": true}))
	post(t, fresh, http.StatusCreated, `"userName":"ana"`)
	send(t, fresh, "/Groups", http.StatusCreated, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Staff"}`)
	if key, err := s.Set(ctx, target.Settings{"sync_groups": false}); key != "" || err != nil {
		t.Errorf("another setting gave %q, %v", key, err)
	}
	if settings := must[target.Settings](t)(s.Settings(ctx)); settings["sync_groups"] != false || settings["scim_enabled"] != true {
		t.Errorf("the settings are %v", settings)
	}
	if groups := must[[]target.GroupScreen](t)(s.Groups(ctx)); !cmp.Equal(groups, []target.GroupScreen{{Name: "Staff", Members: []string{}, Stale: true}}) {
		t.Errorf("the groups are %v", groups)
	}
	done(t, s.Internal().AddAccount(ctx, "ana", map[string]string{"email": "a@example.com"}))
	refusal(t, s.AddAccount(ctx, "eve", nil), 409, "identity provider")
	if got := must[*target.Screen](t)(s.Internal().Account(ctx, "ana")); got.IAM != "bim" || got.Profile.Fields["email"] != "a@example.com" {
		t.Errorf("the internal account is %+v", got)
	}
	done(t, s.SetVersion(ctx, "2020.3"))
	post(t, fresh, http.StatusNotFound, `"userName":"ben"`)
	if i := must[target.Instance](t)(s.Instance(ctx)); i.Version != "2020.3" {
		t.Errorf("the instance is %+v", i)
	}
}

// post makes an account by SCIM, and wants an answer.
func post(t *testing.T, at target.Endpoint, want int, members string) {
	t.Helper()
	send(t, at, "/Users", want, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],`+members+`}`)
}

func send(t *testing.T, at target.Endpoint, path string, want int, body string) {
	t.Helper()
	r := must[*http.Request](t)(http.NewRequestWithContext(t.Context(), "POST", at.URL+path, strings.NewReader(body)))
	r.Header.Set("Authorization", "Bearer "+at.Token)
	resp := must[*http.Response](t)(http.DefaultClient.Do(r))
	resp.Body.Close()
	if resp.StatusCode != want {
		t.Errorf("POST %s was answered with %s, want %d", path, resp.Status, want)
	}
}
