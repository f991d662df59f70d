package mockokta_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

// A wire is what obliging targets were asked, in the order in which they were.
type wire struct {
	mu     sync.Mutex
	said   []string // "PUT sp /Users/c0ffee00-0001", without the base
	filter string   // of the last lookup
	last   map[string]any
	fails  int // so many answers are 503 from now on

	authorization string         // of the last request
	extras        map[string]any // that every account has beside its id
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	host, _, _ := strings.Cut(r.URL.Host, ".")
	w.authorization = r.Header.Get("Authorization")
	w.said = append(w.said, r.Method+" "+host+" "+strings.TrimPrefix(r.URL.Path, "/scim/v2"))
	if filter := r.URL.Query().Get("filter"); filter != "" {
		w.filter = filter
	}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		w.last = map[string]any{}
		if err := json.Unmarshal(body, &w.last); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
	}
	if w.fails > 0 {
		w.fails--
		return httpmock.NewStringResponse(503, `{"detail":"come back later"}`), nil
	}
	status, body := oblige(r)
	if last := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]; w.extras != nil && last != "Users" {
		account := map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "id": last}
		maps.Copy(account, w.extras)
		text, err := json.Marshal(account)
		if err != nil {
			return nil, err
		}
		body = string(text)
	}
	return httpmock.NewStringResponse(status, body), nil
}

// heard is what was said since it was asked last.
func (w *wire) heard() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	said := w.said
	w.said = nil
	return said
}

// onTheWire is a story whose target obliges all the time.
func onTheWire(t *testing.T, dialect string) (*story, *wire) {
	t.Helper()
	w := &wire{}
	okta, err := mockokta.Start(mockokta.Config{Target: w, Password: func(int) string { return "k3Vt9qZx" }})
	require.NoError(t, err)
	carrier := &http.Transport{}
	s := &story{t: t, ctx: t.Context(), people: map[string]directory.PersonID{}}
	s.Client = &management.Client{URL: okta.URL, Token: okta.Token, HTTP: carrier}
	t.Cleanup(func() {
		carrier.CloseIdleConnections()
		require.NoError(t, okta.Close())
	})
	for _, profile := range []directory.Profile{ana, bo, cy} {
		id, err := s.CreateUser(s.ctx, profile)
		s.must(err)
		s.people[profile["login"].(string)] = id
	}
	s.connect(dialect, "https://sp.example.test/scim/v2")
	w.heard()
	return s, w
}

// The whole base profile as the target gets it: written from RFC 7643, section 8.3,
// and the external names.
func TestTheWholeBaseProfileOnTheWire(t *testing.T) {
	s, w := onTheWire(t, "aiw")
	s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{
		"middleName": "B", "honorificPrefix": "Dr", "honorificSuffix": "III", "title": "Analyst", "nickName": "An",
		"profileUrl": "https://example.test/ana", "primaryPhone": "+41", "streetAddress": "1 Road", "city": "Bern", "state": "BE", "zipCode": "3000",
		"countryCode": "CH", "postalAddress": "1 Road, Bern", "preferredLanguage": "de", "timezone": "Europe/Zurich", "userType": "staff",
		"employeeNumber": "7", "costCenter": "R&D", "organization": "Example", "division": "North", "department": "Tools", "managerId": "00u9", "manager": "Bo",
	}))
	s.assigned(ana)
	require.Equal(t, []string{"GET sp /Users", "POST sp /Users"}, w.heard())
	delete(w.last, "externalId")
	text, err := json.Marshal(w.last)
	s.must(err)
	require.JSONEq(t, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"userName":"ana.ruiz@example.test","active":true,"groups":[],"password":"k3Vt9qZx",
		"name":{"givenName":"Ana","familyName":"Ruiz","middleName":"B","honorificPrefix":"Dr","honorificSuffix":"III"},
		"emails":[{"primary":true,"value":"ana.ruiz@example.test","type":"work"}],
		"title":"Analyst","displayName":"Ana Ruiz","nickName":"An","profileUrl":"https://example.test/ana",
		"phoneNumbers":[{"primary":true,"value":"+41","type":"work"}],
		"addresses":[{"primary":true,"type":"work","streetAddress":"1 Road","locality":"Bern","region":"BE","postalCode":"3000","country":"CH","formatted":"1 Road, Bern"}],
		"preferredLanguage":"de","locale":"en-US","timezone":"Europe/Zurich","userType":"staff",
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"7","costCenter":"R&D","organization":"Example","division":"North",
			"department":"Tools","manager":{"value":"00u9","displayName":"Bo"}}}`, string(text))
}

// T25: who is provisioned is pushed, and nobody else is provisioned by it.
func TestForceSync(t *testing.T) {
	for _, dialect := range []string{"aiw", "oin"} {
		s, w := onTheWire(t, dialect)
		s.assigned(ana)
		s.must(s.SetProvisioning(s.ctx, s.app, false, true, true))
		s.must(s.Assign(s.ctx, s.app, s.id(bo)))
		s.settle()
		w.heard()
		s.must(s.ForceSync(s.ctx, s.app))
		s.settle()
		require.Equal(t, []string{"GET sp /Users/c0ffee00-0001", "PUT sp /Users/c0ffee00-0001"}, w.heard())
		s.must(s.SetProvisioning(s.ctx, s.app, true, false, true))
		w.heard()
		s.must(s.ForceSync(s.ctx, s.app))
		s.settle()
		require.Empty(t, w.heard(), "not without Update User Attributes")
	}
}

// What an administrator does to a profile is a push where somebody is told another
// thing by it.
func TestActsOnTheProfileOnTheWire(t *testing.T) {
	push := []string{"GET sp /Users/c0ffee00-0001", "PUT sp /Users/c0ffee00-0001"}
	for name, tt := range map[string]struct {
		before, act func(*story)
		want        []string
	}{
		"another mapping":                {nil, func(s *story) { s.must(s.Map(s.ctx, s.app, "title", "user.displayName")) }, push},
		"a mapping that is taken away":   {nil, func(s *story) { s.must(s.Unmap(s.ctx, s.app, "displayName")) }, nil},
		"an attribute mapped no more":    {func(s *story) { s.must(s.Unmap(s.ctx, s.app, "displayName")) }, rename("displayName"), nil},
		"an attribute never mapped":      {nil, rename("mobilePhone"), nil},
		"an attribute mapped by default": {nil, rename("department"), push},
		"another username":               {nil, rename("login"), push},
		"a username that is excluded":    {func(s *story) { s.must(s.ExcludeUserNameUpdates(s.ctx, s.app, true)) }, rename("login"), nil},
		"a group's profile": {
			func(s *story) {
				s.grouped("Analysts", ana)
				s.must(s.AssignGroup(s.ctx, s.app, s.group))
				s.must(s.Unassign(s.ctx, s.app, s.id(ana)))
			},
			func(s *story) { s.must(s.EditAppGroup(s.ctx, s.app, s.group, "title", "Analyst")) }, push,
		},
		"an unassignment that is only asked for": {nil, func(s *story) {
			_, err := s.AskToUnassign(s.ctx, s.app, s.id(ana))
			s.must(err)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, w := onTheWire(t, "aiw")
			s.assigned(ana)
			if tt.before != nil {
				tt.before(s)
				s.settle()
			}
			w.heard()
			tt.act(s)
			s.settle()
			require.Equal(t, tt.want, w.heard())
		})
	}
}

func rename(attribute string) func(*story) {
	return func(s *story) {
		s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{attribute: "other@example.test"}))
	}
}

// A push that excludes the username says everything else.
func TestAnExcludedUserNameStaysInOtherPushes(t *testing.T) {
	s, w := onTheWire(t, "aiw")
	s.assigned(ana)
	s.must(s.ExcludeUserNameUpdates(s.ctx, s.app, true))
	rename("login")(s)
	s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"title": "Analyst"}))
	s.settle()
	require.Equal(t, "ana.ruiz@example.test", w.last["userName"])
	require.Equal(t, "Analyst", w.last["title"])
}

// Excluded is what the target was told: who was never provisioned, or whose create
// failed, is looked up and made under the name of today.
func TestAnExcludedUserNameThatWasNeverToldIsNotKept(t *testing.T) {
	for _, dialect := range []string{"aiw", "oin"} {
		for name, before := range map[string]func(*story, *wire){
			"assigned while Create Users was off": func(s *story, _ *wire) {
				s.must(s.SetProvisioning(s.ctx, s.app, false, true, true))
				s.assigned(ana)
				rename("login")(s)
				s.must(s.SetProvisioning(s.ctx, s.app, true, true, true))
			},
			"a create that failed": func(s *story, w *wire) {
				w.fails = 1
				s.assigned(ana)
				rename("login")(s)
			},
			"a create that has not begun": func(s *story, _ *wire) {
				s.must(s.Assign(s.ctx, s.app, s.id(ana)))
				rename("login")(s)
			},
			"assigned again": func(s *story, _ *wire) {
				s.assigned(ana)
				rename("login")(s)
				s.must(s.Unassign(s.ctx, s.app, s.id(ana)))
				s.settle()
				s.must(s.Assign(s.ctx, s.app, s.id(ana)))
			},
		} {
			t.Run(name+"/"+dialect, func(t *testing.T) {
				s, w := onTheWire(t, dialect)
				s.must(s.ExcludeUserNameUpdates(s.ctx, s.app, true))
				before(s, w)
				s.must(s.ProvisionUsers(s.ctx, s.app))
				w.heard()
				s.settle()
				require.Equal(t, []string{"GET sp /Users", "POST sp /Users"}, w.heard())
				require.Equal(t, `userName eq "other@example.test"`, w.filter)
				require.Equal(t, "other@example.test", w.last["userName"])
			})
		}
	}
}

// The name that was told stays through every kind of push, however it was changed,
// and the one of today goes out once the box is cleared.
func TestAnExcludedUserNameIsTheOneThatTheTargetKnows(t *testing.T) {
	const told = "ana.ruiz@example.test"
	for name, change := range map[string]func(*story){
		"by the login": rename("login"),
		"by an edit": func(s *story) {
			s.must(s.EditAppUser(s.ctx, s.app, s.id(ana), directory.Profile{"userName": "other@example.test"}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, w := onTheWire(t, "aiw")
			s.assigned(ana)
			s.must(s.ExcludeUserNameUpdates(s.ctx, s.app, true))
			change(s)
			w.heard()
			s.settle()
			require.Empty(t, w.heard())
			for what, push := range map[string]func(){
				"a profile push": func() { s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"title": "Analyst"})) },
				"Force Sync":     func() { s.must(s.ForceSync(s.ctx, s.app)) },
			} {
				push()
				s.settle()
				require.Equal(t, told, w.last["userName"], what)
			}
			s.must(s.ExcludeUserNameUpdates(s.ctx, s.app, false))
			s.must(s.ForceSync(s.ctx, s.app))
			s.settle()
			require.Equal(t, "other@example.test", w.last["userName"])
		})
	}
}

// A password goes out with a create and when it changes, once it is synced, and a
// placeholder before; never with a profile push.
func TestPasswordSync(t *testing.T) {
	for dialect, change := range map[string][]string{
		"aiw": {"GET sp /Users/c0ffee00-0001", "PUT sp /Users/c0ffee00-0001"}, "oin": {"PATCH sp /Users/c0ffee00-0001"},
	} {
		t.Run(dialect, func(t *testing.T) {
			s, w := onTheWire(t, dialect)
			s.must(s.SetPassword(s.ctx, s.id(ana), "0f-ana"))
			s.must(s.SetPassword(s.ctx, s.id(bo), "0f-bo"))
			s.assigned(ana)
			require.Equal(t, "k3Vt9qZx", w.last["password"])
			s.must(s.SetPassword(s.ctx, s.id(ana), "an0ther"))
			w.heard()
			s.settle()
			require.Empty(t, w.heard(), "off by default")

			s.must(s.SetSyncPassword(s.ctx, s.app, true))
			s.assigned(bo)
			require.Equal(t, "0f-bo", w.last["password"])
			s.assigned(cy)
			require.Equal(t, "k3Vt9qZx", w.last["password"], "who has none in Okta")
			w.heard()
			s.must(s.SetPassword(s.ctx, s.id(ana), "a-third"))
			s.settle()
			require.Equal(t, change, w.heard())
			sent := w.last
			if operations, patch := w.last["Operations"].([]any); patch {
				sent = operations[0].(map[string]any)["value"].(map[string]any)
			}
			require.Equal(t, "a-third", sent["password"])
			s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"title": "Analyst"}))
			s.settle()
			require.NotContains(t, w.last, "password")
			events, err := s.Log(s.ctx, `eventType eq "application.provision.user.password"`)
			s.must(err)
			require.Len(t, events, 1)
		})
	}
}

// A task is retried with the facts of then, goes away when that succeeds, and has
// the new error when it does not.
func TestATaskIsRetried(t *testing.T) {
	for _, dialect := range []string{"aiw", "oin"} {
		t.Run(dialect, func(t *testing.T) {
			s, w := onTheWire(t, dialect)
			tasks := func() []management.Task {
				all, err := s.Tasks(s.ctx)
				s.must(err)
				return all
			}
			w.fails = 1
			s.assigned(ana)
			w.fails = 1
			s.assigned(bo)
			first, second := tasks()[0], tasks()[1]
			require.NotEqual(t, first.ID, second.ID)
			u, err := s.AppUser(s.ctx, s.app, s.id(ana))
			s.must(err)
			require.Equal(t, "ERROR", u.SyncState)
			require.Contains(t, u.Error, "come back later")

			s.must(s.DeactivateConnection(s.ctx, s.app))
			require.ErrorContains(t, s.RetryTask(s.ctx, first.ID), "provisioning is not enabled")
			s.must(s.ActivateConnection(s.ctx, s.app))

			w.heard()
			w.fails = 1
			s.must(s.RetryTask(s.ctx, first.ID))
			require.Empty(t, w.heard(), "nothing happens before Settle")
			s.settle()
			require.Equal(t, []string{"GET sp /Users"}, w.heard())
			require.Len(t, tasks(), 2)
			require.Equal(t, first.ID, tasks()[0].ID, "the new failure stands in its place")

			s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"title": "Analyst"}))
			s.must(s.RetryTask(s.ctx, first.ID))
			s.settle()
			require.Equal(t, []string{"GET sp /Users", "POST sp /Users"}, w.heard())
			require.Equal(t, "Analyst", w.last["title"], "as she is now")
			require.Equal(t, []management.Task{second}, tasks())
			u, err = s.AppUser(s.ctx, s.app, s.id(ana))
			s.must(err)
			require.Equal(t, [2]string{"SYNCHRONIZED", ""}, [2]string{u.SyncState, u.Error})

			s.must(s.CompleteTask(s.ctx, second.ID))
			require.Empty(t, tasks())
			var okta *management.Error
			for _, id := range []string{second.ID, first.ID, "", "x", string(s.app) + ".-1", string(s.app) + ".x", "0oaX.1"} {
				if id != "" {
					require.ErrorAs(t, s.RetryTask(s.ctx, id), &okta, id)
					require.Equal(t, 404, okta.Status, id)
				}
			}
		})
	}
}

// What nobody wants any more is not done again: an account would be made for
// somebody who was unassigned, or taken from somebody who was assigned again.
func TestATaskThatIsNotWantedAnyMoreIsRefused(t *testing.T) {
	s, w := onTheWire(t, "aiw")
	refused := func() {
		t.Helper()
		tasks, err := s.Tasks(s.ctx)
		s.must(err)
		require.ErrorContains(t, s.RetryTask(s.ctx, tasks[0].ID), "not wanted any more")
		w.heard()
		s.settle()
		require.Empty(t, w.heard())
		s.must(s.CompleteTask(s.ctx, tasks[0].ID))
	}
	w.fails = 1
	s.assigned(ana)
	s.must(s.Unassign(s.ctx, s.app, s.id(ana)))
	s.settle()
	refused()

	s.assigned(bo)
	w.fails = 1
	s.must(s.Unassign(s.ctx, s.app, s.id(bo)))
	s.settle()
	s.assigned(bo)
	refused()

	s.pushed("Analysts", ana)
	w.fails = 1
	s.must(s.PushNow(s.ctx, s.app, s.push))
	s.settle()
	s.must(s.SetPush(s.ctx, s.app, s.push, false))
	s.must(s.Unlink(s.ctx, s.app, s.push, false))
	s.settle()
	refused()
}

// A retry goes by the To App switches of then, as a change does.
func TestATaskWhoseSwitchIsOffIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		fail, off, on func(*story)
		why           string
	}{
		"create": {
			fail: func(s *story) { s.must(s.Assign(s.ctx, s.app, s.id(bo))) },
			off:  func(s *story) { s.must(s.SetProvisioning(s.ctx, s.app, false, true, true)) },
			why:  "Create Users is off for this application",
		},
		"update": {
			fail: func(s *story) { s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"title": "Analyst"})) },
			off:  func(s *story) { s.must(s.SetProvisioning(s.ctx, s.app, true, false, true)) },
			why:  "Update User Attributes is off for this application",
		},
		"deactivate": {
			fail: func(s *story) { s.must(s.Unassign(s.ctx, s.app, s.id(ana))) },
			off:  func(s *story) { s.must(s.SetProvisioning(s.ctx, s.app, true, true, false)) },
			why:  "Deactivate Users is off for this application",
		},
		"password": {
			fail: func(s *story) { s.must(s.SetPassword(s.ctx, s.id(ana), "c0rrect")) },
			off:  func(s *story) { s.must(s.SetSyncPassword(s.ctx, s.app, false)) },
			why:  "Sync Password is off for this application",
		},
		"all, for want of a connection": {
			fail: func(s *story) { s.must(s.Assign(s.ctx, s.app, s.id(bo))) },
			off:  func(s *story) { s.must(s.DeactivateConnection(s.ctx, s.app)) },
			on:   func(s *story) { s.must(s.ActivateConnection(s.ctx, s.app)) },
			why:  "provisioning is not enabled for this application",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, w := onTheWire(t, "aiw")
			s.must(s.SetSyncPassword(s.ctx, s.app, true))
			s.assigned(ana)
			w.fails = 1
			tt.fail(s)
			s.settle()
			tasks, err := s.Tasks(s.ctx)
			s.must(err)
			require.Len(t, tasks, 1)
			tt.off(s)
			w.heard()
			require.EqualError(t, s.RetryTask(s.ctx, tasks[0].ID), "okta answered 400 E0000001: Api validation failed: task: "+tt.why)
			s.settle()
			require.Empty(t, w.heard())
			if tt.on == nil {
				tt.on = func(s *story) {
					s.must(s.SetProvisioning(s.ctx, s.app, true, true, true))
					s.must(s.SetSyncPassword(s.ctx, s.app, true))
				}
			}
			tt.on(s)
			w.heard()
			s.must(s.RetryTask(s.ctx, tasks[0].ID))
			s.settle()
			require.NotEmpty(t, w.heard())
			tasks, err = s.Tasks(s.ctx)
			s.must(err)
			require.Empty(t, tasks)
		})
	}
}

// A deactivation that failed is done when it is retried.
func TestADeactivationIsRetried(t *testing.T) {
	s, w := onTheWire(t, "oin")
	s.assigned(ana)
	w.fails = 1
	s.must(s.Unassign(s.ctx, s.app, s.id(ana)))
	s.settle()
	tasks, err := s.Tasks(s.ctx)
	s.must(err)
	w.heard()
	s.must(s.RetryTask(s.ctx, tasks[0].ID))
	s.settle()
	require.Equal(t, []string{"PATCH sp /Users/c0ffee00-0001"}, w.heard())
}

// The log has what was pushed, in the order of a real org's log, and in Okta's
// words what failed.
func TestTheLogOfAPush(t *testing.T) {
	s, w := onTheWire(t, "aiw")
	log := func() (all []string) {
		events, err := s.Log(s.ctx, "")
		s.must(err)
		for _, e := range events {
			if strings.HasPrefix(e.Type, "application.provision") || strings.HasPrefix(e.Type, "app.") || strings.HasPrefix(e.Type, "application.user") {
				all = append(all, strings.TrimPrefix(e.Type, "application.")+" "+e.Outcome.Result)
			}
		}
		return all
	}
	s.assigned(ana)
	w.fails = 1
	s.assigned(bo)
	s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"title": "Analyst"}))
	s.must(s.UpdateUser(s.ctx, s.id(bo), directory.Profile{"title": "Nobody hears"}))
	s.settle()
	s.must(s.Unassign(s.ctx, s.app, s.id(ana)))
	s.settle()
	s.must(s.Unassign(s.ctx, s.app, s.id(bo)))
	s.settle()
	s.pushed("Analysts")
	require.Equal(t, []string{
		"user_membership.add SUCCESS", "provision.user.push SUCCESS", "provision.user.sync SUCCESS", "app.user_management.push_new_user_success SUCCESS",
		"user_membership.add SUCCESS", "provision.user.push FAILURE", "provision.user.sync FAILURE",
		"provision.user.push_profile SUCCESS",
		"user_membership.remove SUCCESS", "provision.user.deactivate SUCCESS",
		"user_membership.remove SUCCESS",
		"provision.group_push.mapping.created SUCCESS", "provision.group_push.updated SUCCESS",
	}, log())
	events, err := s.Log(s.ctx, `outcome.result eq "FAILURE" and target.id eq "`+string(s.id(bo))+`"`)
	s.must(err)
	require.Len(t, events, 2)
	require.Contains(t, events[0].Outcome.Reason, "Error while creating user bo.lind@example.test: ")
	require.Contains(t, events[0].Outcome.Reason, "come back later")
}

// Two applications have their own assignments, mappings, tasks and links.
func TestTwoApplicationsAtOneTarget(t *testing.T) {
	s, w := onTheWire(t, "aiw")
	first := s.app
	s.assigned(ana)
	s.connect("oin", "https://other.example.test/scim/v2")
	w.heard()
	s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"title": "Analyst"}))
	s.settle()
	require.Equal(t, []string{"GET sp /Users/c0ffee00-0001", "PUT sp /Users/c0ffee00-0001"}, w.heard(), "who has one application is changed there")
	w.fails = 1
	s.assigned(ana)
	tasks, err := s.Tasks(s.ctx)
	s.must(err)
	require.Len(t, tasks, 1)
	require.Equal(t, s.app, tasks[0].App)
	u, err := s.AppUser(s.ctx, first, s.id(ana))
	s.must(err)
	require.Equal(t, "SYNCHRONIZED", u.SyncState)
	w.heard()
	s.must(s.Unassign(s.ctx, first, s.id(ana)))
	s.settle()
	require.Equal(t, []string{"GET sp /Users/c0ffee00-0001", "PUT sp /Users/c0ffee00-0001"}, w.heard())
	s.must(s.RetryTask(s.ctx, tasks[0].ID))
	s.settle()
	require.Equal(t, []string{"GET other /Users", "POST other /Users"}, w.heard())
}
