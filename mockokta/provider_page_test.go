package mockokta_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

const (
	atTheTarget = "https://sp.example.test/scim/v2"
	demoSchema  = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:DEMOEXT"
)

// unconnected is a story on the wire whose application, made from the catalogue's
// entry for the provider, has no connection yet.
func unconnected(t *testing.T) (*story, *wire) {
	t.Helper()
	s, w := onTheWire(t, "oin")
	var err error
	s.app, err = s.CreateApp(s.ctx, "Immuta", directory.Immuta)
	s.must(err)
	return s, w
}

// S-12, E-12.a: the catalogue's application speaks the dialect of the catalogue, PATCH
// for activating and deactivating and for groups and PUT for the rest of a user
// (Okta, SCIM FAQ: documented), with its token as bearer credentials (S-31, E-31.a).
func TestTheProvidersApplicationOnTheWire(t *testing.T) {
	s, w := unconnected(t)
	s.must(s.SaveConnection(s.ctx, s.app, atTheTarget, scimToken))
	s.must(s.SetProvisioning(s.ctx, s.app, true, true, true))
	require.Equal(t, []string{"GET sp /Users", "GET sp /Users"}, w.heard(), "Save and To App each try the connection")
	require.Equal(t, "Bearer "+scimToken, w.authorization)
	s.assigned(ana)
	require.Equal(t, []string{"GET sp /Users", "POST sp /Users"}, w.heard())
	s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"lastName": "Soler"}))
	s.settle()
	require.Equal(t, []string{"GET sp /Users/c0ffee00-0001", "PUT sp /Users/c0ffee00-0001"}, w.heard())
	s.must(s.Unassign(s.ctx, s.app, s.id(ana)))
	s.settle()
	require.Equal(t, []string{"PATCH sp /Users/c0ffee00-0001"}, w.heard())
}

// S-13, E-13.a: another label says nothing to the target, and nothing afterwards goes
// elsewhere or under other ids.
func TestAnotherLabelIsNothingToTheTarget(t *testing.T) {
	s, w := unconnected(t)
	s.must(s.SaveConnection(s.ctx, s.app, atTheTarget, scimToken))
	s.must(s.SetProvisioning(s.ctx, s.app, true, true, true))
	s.assigned(ana)
	w.heard()
	s.must(s.SetLabel(s.ctx, s.app, "Data access"))
	s.must(s.SetSignOn(s.ctx, s.app, "https://elsewhere.example.test", "7")) // E-15.a: set apart from provisioning
	s.settle()
	require.Empty(t, w.heard())
	s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"lastName": "Soler"}))
	s.settle()
	require.Equal(t, []string{"GET sp /Users/c0ffee00-0001", "PUT sp /Users/c0ffee00-0001"}, w.heard())
}

// S-02, E-02.a: who is no administrator is refused, and the target hears nothing of it.
func TestWithoutTheAdministratorRoleNothingIsSaid(t *testing.T) {
	s, w := onTheWire(t, "oin")
	s.grouped("Analysts", ana)
	token, err := s.NewToken(s.ctx, "user")
	s.must(err)
	user := &management.Client{URL: s.URL, Token: token, HTTP: s.HTTP}
	for name, act := range map[string]func() error{
		"adds an application":  func() error { _, err := user.CreateApp(s.ctx, "Mine", directory.Immuta); return err },
		"edits an application": func() error { return user.SetLabel(s.ctx, s.app, "Mine") },
		"connects it":          func() error { return user.SaveConnection(s.ctx, s.app, atTheTarget, scimToken) },
		"tests credentials":    func() error { return user.TestCredentials(s.ctx, s.app, false) },
		"assigns":              func() error { return user.Assign(s.ctx, s.app, s.id(ana)) },
		"pushes":               func() error { _, err := user.PushGroup(s.ctx, s.app, s.group, "Analysts"); return err },
	} {
		var okta *management.Error
		require.ErrorAs(t, act(), &okta, name)
		require.Equal(t, [2]any{403, "E0000006"}, [2]any{okta.Status, okta.Code}, name)
		s.settle()
		require.Empty(t, w.heard(), name)
	}
}

// S-16, E-16.a: Assign to People makes one assignment, the person's own.
func TestAssignToPeopleAssignsOnePerson(t *testing.T) {
	s, _ := onTheWire(t, "oin")
	s.assigned(ana)
	all, err := s.AppUsers(s.ctx, s.app)
	s.must(err)
	require.Len(t, all, 1)
	require.Equal(t, s.id(ana), all[0].ID)
	require.Equal(t, directory.ScopeUser, all[0].Scope)
}

// S-30, E-30.a: while the API integration is off the target hears nothing, whatever an
// administrator does; what was on and is off again is the same.
func TestWithoutAPIIntegrationNothingIsSaid(t *testing.T) {
	for name, off := range map[string]func(*story){
		"never set up":         func(*story) {},
		"filled in, not saved": func(s *story) { s.must(s.Connect(s.ctx, s.app, atTheTarget, scimToken)) },
		"switched off again": func(s *story) {
			s.must(s.SaveConnection(s.ctx, s.app, atTheTarget, scimToken))
			s.must(s.SetProvisioning(s.ctx, s.app, true, true, true))
			s.must(s.DeactivateConnection(s.ctx, s.app))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, w := unconnected(t)
			off(s)
			w.heard()
			s.assigned(ana, bo)
			s.grouped("Analysts", cy)
			s.must(s.AssignGroup(s.ctx, s.app, s.group))
			s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"lastName": "Soler"}))
			s.must(s.Unassign(s.ctx, s.app, s.id(bo)))
			s.must(s.DeactivateUser(s.ctx, s.id(cy)))
			s.settle()
			require.Empty(t, w.heard())
		})
	}
}

// S-31, E-31.b: a Base URL with a slash at its end, or without one, is one address.
func TestASlashAtTheEndOfTheBaseURL(t *testing.T) {
	for _, base := range []string{atTheTarget, atTheTarget + "/"} {
		s, w := unconnected(t)
		s.must(s.SaveConnection(s.ctx, s.app, base, scimToken))
		s.must(s.SetProvisioning(s.ctx, s.app, true, true, true))
		s.assigned(ana)
		require.Equal(t, []string{"GET sp /Users", "GET sp /Users", "GET sp /Users", "POST sp /Users"}, w.heard(), base)
	}
}

// S-32, S-33, E-32.a, E-32.b, E-33.a: Test API Credentials is one read. Where it fails
// it says why, nothing is saved, and provisioning stays off.
func TestTestAPICredentials(t *testing.T) {
	const list = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`
	answers := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/scim+json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	var silence chan struct{} // ends when nobody waits any more
	for name, tt := range map[string]struct {
		serve func(http.ResponseWriter, *http.Request)
		tls   bool // with a certificate that nobody knows
		down  bool
		want  string // a part of the reason; empty for a pass
	}{
		"right":                {serve: answers(200, list)},
		"a wrong key":          {serve: answers(401, `{"detail":"no such key"}`), want: "answered 401"},
		"a key without rights": {serve: answers(403, `{"detail":"not yours"}`), want: "answered 403"},
		"a wrong path":         {serve: answers(404, `{"detail":"nothing here"}`), want: "answered 404"},
		"a page":               {serve: answers(200, "<html><body>Sign in</body></html>"), want: "answered 200: "},
		"no list":              {serve: answers(200, `{}`), want: "answered 200: "},
		"an empty answer":      {serve: answers(200, ""), want: "answered 200: "},
		"an error of its own":  {serve: answers(500, ""), want: "answered 500"},
		"down":                 {down: true, want: "did not answer: "},
		"a certificate that nobody knows": {
			serve: answers(200, list), tls: true, want: "did not answer: ",
		},
		"silent": {serve: func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-silence:
			case <-r.Context().Done():
			}
		}, want: "no byte for "},
	} {
		t.Run(name, func(t *testing.T) {
			silence = make(chan struct{})
			heard := make(chan string, 10)
			target := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				heard <- r.Method + " " + r.URL.RequestURI()
				tt.serve(w, r)
			}))
			target.Config.ErrorLog = nil
			if tt.tls {
				target.StartTLS()
			} else {
				target.Start()
			}
			base := target.URL + "/scim/v2"
			defer target.Close()
			defer close(silence)
			if tt.down {
				target.Close()
			}
			okta, err := mockokta.Start(mockokta.Config{Timeout: 200 * time.Millisecond})
			require.NoError(t, err)
			defer okta.Close()
			carrier := &http.Transport{}
			defer carrier.CloseIdleConnections()
			admin := &management.Client{URL: okta.URL, Token: okta.Token, HTTP: carrier}
			app, err := admin.CreateApp(t.Context(), "Immuta", directory.Immuta)
			require.NoError(t, err)
			for what, act := range map[string]func() error{
				"the test": func() error { return admin.TryCredentials(t.Context(), app, base, scimToken) },
				"saving":   func() error { return admin.SaveConnection(t.Context(), app, base, scimToken) },
			} {
				err := act()
				if tt.want == "" {
					require.NoError(t, err, what)
				} else {
					require.ErrorContains(t, err, tt.want, what)
				}
			}
			on := admin.SetProvisioning(t.Context(), app, true, true, true)
			if tt.want == "" {
				require.NoError(t, on)
			} else {
				require.ErrorContains(t, on, "Provisioning is not enabled")
				require.ErrorContains(t, admin.ActivateConnection(t.Context(), app), "There is none to activate", "nothing was saved")
			}
			close(heard)
			for said := range heard {
				require.Equal(t, "GET /scim/v2/Users?startIndex=1&count=2", said)
			}
		})
	}
}

// S-38, E-38.a, E-38.b: the switches hold once they are saved, and for what begins
// afterwards; a save that fails leaves them as they were.
func TestSwitchesHoldFromTheirSaveOn(t *testing.T) {
	s, w := onTheWire(t, "oin")
	s.assigned(ana)
	w.fails = 1
	require.Error(t, s.SetProvisioning(s.ctx, s.app, false, false, false))
	s.assigned(bo)
	require.Contains(t, w.heard(), "POST sp /Users", "what was not saved has no effect")
	s.must(s.SetProvisioning(s.ctx, s.app, false, true, true))
	w.heard()
	s.assigned(cy)
	require.NotContains(t, w.heard(), "POST sp /Users")
	s.must(s.Unassign(s.ctx, s.app, s.id(ana)))
	s.settle()
	require.Equal(t, []string{"PATCH sp /Users/c0ffee00-0001"}, w.heard(), "who has an account is still looked after")
}

// S-50, E-50.a: who is removed is gone from the application at once, whatever the
// target answers; what failed there is a task.
func TestWhoIsRemovedIsGoneAtOnce(t *testing.T) {
	s, w := onTheWire(t, "oin")
	s.assigned(ana)
	w.fails = 1
	s.must(s.Unassign(s.ctx, s.app, s.id(ana)))
	gone := func() {
		t.Helper()
		all, err := s.AppUsers(s.ctx, s.app)
		s.must(err)
		require.Empty(t, all)
	}
	gone()
	s.settle()
	gone()
	tasks, err := s.Tasks(s.ctx)
	s.must(err)
	require.Len(t, tasks, 1)
	require.Contains(t, tasks[0].Error, "Error while deactivating user")
}

// S-51, E-51.a: until the removal is confirmed nothing is sent and nothing changes.
func TestARemovalIsConfirmedFirst(t *testing.T) {
	s, w := onTheWire(t, "oin")
	s.assigned(ana)
	w.heard()
	question, err := s.AskToUnassign(s.ctx, s.app, s.id(ana))
	s.must(err)
	require.Contains(t, question, "Are you sure")
	s.settle()
	require.Empty(t, w.heard())
	all, err := s.AppUsers(s.ctx, s.app)
	s.must(err)
	require.Len(t, all, 1)
	s.must(s.ConfirmUnassign(s.ctx, s.app, s.id(ana)))
	s.settle()
	require.Equal(t, []string{"PATCH sp /Users/c0ffee00-0001"}, w.heard())
}

// S-56, S-57, E-56.a, E-57.a: the data type is string where none is given, and a
// namespace that is no URN is refused with the reason. One that is stands on the wire
// as it was typed, as the schema and among the schemas (E-57.b).
func TestTheExternalNamespace(t *testing.T) {
	for _, namespace := range []string{"demo", "urn:", "urn:example:my schema", "https://example.test/schema"} {
		s, w := onTheWire(t, "oin")
		err := s.AddAttribute(s.ctx, s.app, directory.Attribute{Name: "costCode", ExternalNamespace: namespace})
		require.ErrorContains(t, err, fmt.Sprintf("The external namespace %q is no URN", namespace))
		require.Empty(t, w.heard())
	}
	s, w := onTheWire(t, "oin")
	s.must(s.AddAttribute(s.ctx, s.app, directory.Attribute{Name: "costCode", Title: "Cost code", ExternalNamespace: demoSchema}))
	attributes, err := s.Attributes(s.ctx, s.app)
	s.must(err)
	require.Equal(t, directory.String, attributes[0].Type)
	require.Empty(t, w.heard())
	s.must(s.AssignWith(s.ctx, s.app, s.id(ana), directory.Profile{"costCode": "R&D"}))
	s.settle()
	require.Equal(t, map[string]any{"costCode": "R&D"}, w.last[demoSchema])
	require.True(t, slices.Contains(w.last["schemas"].([]any), any(demoSchema)), w.last["schemas"])
}

// S-47, E-47.c: what else an account has, of whatever type and length, is nothing to
// Okta: its push is of what it knows, and the rest goes back as it came.
func TestExtraAttributesAreNothingToOkta(t *testing.T) {
	s, w := onTheWire(t, "oin")
	s.assigned(ana)
	extras := map[string]any{
		"iamid": "okta", "numericId": 7.0, "lastLogin": nil, "disabled": false,
		"permissions": []any{"CREATE_PROJECT"}, "authorizations": map[string]any{"a.b": []any{"x"}},
		"note": strings.Repeat("n", 64<<10), "urn:example:vendor:2.0:User": map[string]any{"deep": map[string]any{"er": []any{1.0}}},
	}
	w.extras = extras
	w.heard()
	s.must(s.ForceSync(s.ctx, s.app))
	s.settle()
	tasks, err := s.Tasks(s.ctx)
	s.must(err)
	require.Empty(t, tasks)
	require.Equal(t, []string{"GET sp /Users/c0ffee00-0001", "PUT sp /Users/c0ffee00-0001"}, w.heard())
	for name, value := range extras {
		require.Equal(t, value, w.last[name], name)
	}
}
