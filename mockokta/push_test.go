package mockokta_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/mockokta/provision"
)

// A tab is the Push Groups tab of an application whose target is honest and remembers.
type tab struct {
	*story
	shelf *shelf
}

func (s *shelf) RoundTrip(r *http.Request) (*http.Response, error) { return s.serve(r).response(r) }

// both opens a tab in each dialect.
func both(t *testing.T, do func(*testing.T, *tab)) {
	t.Helper()
	for _, dialect := range []string{"aiw", "oin"} {
		t.Run(dialect, func(t *testing.T) { do(t, onTheTab(t, dialect, provision.Knobs{})) })
	}
}

func onTheTab(t *testing.T, dialect string, knobs provision.Knobs) *tab {
	t.Helper()
	s := &tab{&story{t: t, ctx: t.Context(), people: map[string]directory.PersonID{}}, newShelf()}
	okta, err := mockokta.Start(mockokta.Config{Target: s.shelf, Knobs: knobs})
	require.NoError(t, err)
	carrier := &http.Transport{}
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
	s.connect(dialect, "https://sp.example.test/scim")
	s.heard()
	return s
}

// heard is what the target was asked since this was asked last.
func (s *tab) heard() []kind {
	s.shelf.mu.Lock()
	defer s.shelf.mu.Unlock()
	heard := s.shelf.heard
	s.shelf.heard = nil
	return heard
}

// there are the names of the groups at the target.
func (s *tab) there() []string {
	var names []string
	for _, g := range s.shelf.matching("/Groups", "") {
		names = append(names, g.(map[string]any)["displayName"].(string))
	}
	return names
}

// members are those of a group at the target, by the beginning of the userName, in
// alphabetical order.
func (s *tab) members(group string) string {
	s.t.Helper()
	found := s.shelf.matching("/Groups", fmt.Sprintf("displayName eq %q", group))
	require.Len(s.t, found, 1, group)
	listed, _ := found[0].(map[string]any)["members"].([]any)
	var names []string
	for _, m := range listed {
		id := m.(map[string]any)["value"].(string)
		name := id
		if account, known := s.shelf.things["/Users/"+id]; known {
			name = account["userName"].(string)
		}
		first, _, _ := strings.Cut(name, ".")
		names = append(names, first)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func (s *tab) do(errs ...error) *tab {
	s.t.Helper()
	for _, err := range errs {
		s.must(err)
	}
	s.settle()
	return s
}

func (s *tab) joins(people ...directory.Profile) {
	s.t.Helper()
	s.do(s.AddMembers(s.ctx, s.group, s.ids(people...)...))
}

func (s *tab) isPushedNow() { s.t.Helper(); s.do(s.PushNow(s.ctx, s.app, s.push)) }

func (s *tab) mapping() management.Mapping {
	s.t.Helper()
	m, err := s.Mapping(s.ctx, s.app, s.push)
	s.must(err)
	return m
}

// refused is the reason that Okta gives to an administrator.
func refused(t *testing.T, err error, status int) string {
	t.Helper()
	var okta *management.Error
	require.ErrorAs(t, err, &okta)
	require.Equal(t, status, okta.Status)
	return fmt.Sprint(okta.Summary, okta.Causes)
}

// A member for Okta is who is in the group, is assigned, and was provisioned. Okta's
// own group does not care.
func TestWhoIsAMember(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.assigned(ana)
		s.grouped("Analysts", ana, bo)
		s.pushes("Analysts")
		s.settle()
		require.Equal(t, "ana", s.members("Analysts"), "bo is not assigned")

		s.heard()
		s.assigned(bo)
		require.Equal(t, []kind{none, create}, s.heard(), "a person who is provisioned later does not have the group pushed")
		require.Equal(t, "ana", s.members("Analysts"))
		s.assigned(cy)
		s.joins(cy)
		require.Equal(t, "ana bo cy", s.members("Analysts"), "and comes along at the next change of members")

		s.do(s.RemoveMember(s.ctx, s.group, s.id(cy)))
		require.Equal(t, "ana bo", s.members("Analysts"))

		s.heard()
		s.do(s.DeactivateUser(s.ctx, s.id(bo)))
		require.NotContains(t, s.heard(), putG, "a person who is deactivated does not have the group pushed")
		in, err := s.Members(s.ctx, s.group)
		s.must(err)
		require.Len(t, in, 2, "and stays in Okta's group")
		require.Equal(t, "ana bo", s.members("Analysts"))
		s.isPushedNow()
		require.Equal(t, "ana", s.members("Analysts"), "push now is without them")

		s.do(s.ActivateUser(s.ctx, s.id(bo)), s.Assign(s.ctx, s.app, s.id(bo)))
		require.Equal(t, "ana", s.members("Analysts"), "after a reactivation the group must be pushed again")
		s.isPushedNow()
		require.Equal(t, "ana bo", s.members("Analysts"))
		s.joins(cy)

		s.do(s.Unassign(s.ctx, s.app, s.id(cy)))
		s.isPushedNow()
		require.Equal(t, "ana bo", s.members("Analysts"), "an unassigned person is no member")
		s.assigned(cy)
		require.Equal(t, "ana bo", s.members("Analysts"))
		s.isPushedNow()
		require.Equal(t, "ana bo cy", s.members("Analysts"), "a person who is assigned again is one")
	})
}

// Of a deactivation the group hears nothing, so that a target which took the person
// out by itself has them back by a push of the whole group, and not by the next
// change of others.
func TestWhoseMembershipTheTargetDroppedIsBackByAPushOfAll(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.assigned(cy)
		s.pushed("Analysts", ana, bo)
		s.do(s.DeactivateUser(s.ctx, s.id(bo)))
		group := s.shelf.matching("/Groups", "")[0].(map[string]any)
		group["members"] = group["members"].([]any)[:1]
		s.do(s.ActivateUser(s.ctx, s.id(bo)), s.Assign(s.ctx, s.app, s.id(bo)))
		s.joins(cy)
		require.Equal(t, "ana cy", s.members("Analysts"))
		s.isPushedNow()
		require.Equal(t, "ana bo cy", s.members("Analysts"))
	})
}

func TestAStagedPersonComesAlongOnceActive(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		staged, err := s.CreateStagedUser(s.ctx, di)
		s.must(err)
		s.people[di["login"].(string)] = staged
		s.must(s.Assign(s.ctx, s.app, staged))
		s.pushed("Analysts", ana)
		s.joins(di)
		require.Equal(t, "ana", s.members("Analysts"))
		s.do(s.ActivateUser(s.ctx, staged))
		require.Equal(t, "ana", s.members("Analysts"))
		s.assigned(bo)
		s.joins(bo)
		require.Equal(t, "ana bo di", s.members("Analysts"))
	})
}

// Who was left out and leaves the group does not come along later.
func TestWhoLeftMeanwhileDoesNotComeAlong(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.assigned(ana)
		s.grouped("Analysts", ana, bo)
		s.pushes("Analysts")
		s.settle()
		s.do(s.RemoveMember(s.ctx, s.group, s.id(bo)))
		s.assigned(bo, cy)
		s.joins(cy)
		require.Equal(t, "ana cy", s.members("Analysts"))
	})
}

// Who could not be added since the target refused it is added with the next change
// that it takes, if they had been left out before.
func TestWhoWasLeftOutWaitsForAPushThatGoesWell(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.assigned(ana)
		s.grouped("Analysts", ana, bo)
		s.pushes("Analysts")
		s.settle()
		s.assigned(bo, cy)
		s.refuses(1)
		s.joins(cy)
		require.Equal(t, "ana", s.members("Analysts"))
		s.shelf.lie = nil
		s.do(s.RemoveMember(s.ctx, s.group, s.id(cy)))
		require.Equal(t, "ana bo", s.members("Analysts"))
	})
}

// refuses answers 503 to the n-th request from now on.
func (s *tab) refuses(n int) {
	s.heard()
	s.shelf.at, s.shelf.lie = n, &lie{instead: true, tell: func(*shelf, kind, reply) reply {
		return reply{status: http.StatusServiceUnavailable, body: []byte(`{"detail":"come back later"}`)}
	}}
}

// A group in a group is refused, over Okta's own API and over the console's.
func TestAGroupIsNoMember(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.pushed("Analysts", ana)
		inner, err := s.CreateGroup(s.ctx, "Interns")
		s.must(err)
		s.heard()
		for _, err := range []error{
			s.AddMember(s.ctx, s.group, directory.PersonID(inner)),
			s.AddMembers(s.ctx, s.group, s.id(bo), directory.PersonID(inner)),
		} {
			require.Contains(t, refused(t, err, 400), "nested groups")
		}
		s.settle()
		require.Empty(t, s.heard())
		in, err := s.Members(s.ctx, s.group)
		s.must(err)
		require.Len(t, in, 1, "nobody joins when one is refused")
		require.Contains(t, refused(t, s.AddMember(s.ctx, s.group, "00uNobody"), 404), "00uNobody")
	})
}

// A mapping is active, inactive, or in error. Only Okta sets the last, says why, and
// takes it away when the group was pushed well.
func TestTheStatesOfAMapping(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.assigned(ana)
		s.grouped("Analysts", ana)
		s.refuses(2)
		s.pushes("Analysts")
		target := s.mapping().Target
		require.NotEmpty(t, target, "set in the very answer")
		require.Equal(t, management.Mapping{ID: s.push, Group: s.group, Target: target, Status: "ACTIVE"}, s.mapping())
		s.settle()
		const why = "Unable to update Group Push mapping target App group Analysts: Error while creating user group Analysts: Service Unavailable. Errors reported by remote server: come back later"
		require.Equal(t, management.Mapping{ID: s.push, Group: s.group, Target: target, Status: "ERROR", Error: why}, s.mapping())
		tasks, err := s.Tasks(s.ctx)
		s.must(err)
		require.Len(t, tasks, 1)
		require.Equal(t, why, tasks[0].Error)

		s.do(s.SetPush(s.ctx, s.app, s.push, false))
		require.Equal(t, management.Mapping{ID: s.push, Group: s.group, Target: target, Status: "INACTIVE"}, s.mapping())
		require.Contains(t, refused(t, s.RetryTask(s.ctx, tasks[0].ID), 400), "not wanted any more")
		s.shelf.lie = nil
		s.do(s.SetPush(s.ctx, s.app, s.push, true))
		m := s.mapping()
		require.Equal(t, "ACTIVE", m.Status)
		require.Empty(t, m.Error)
		require.NotNil(t, m.LastPush)
		require.Equal(t, "ana", s.members("Analysts"))

		s.must(s.RetryTask(s.ctx, tasks[0].ID))
		s.settle()
		tasks, err = s.Tasks(s.ctx)
		s.must(err)
		require.Empty(t, tasks)
	})
}

// What is not said mends nothing: a change that nobody could be named for leaves a
// mapping in error.
func TestWhatIsNotSaidMendsNoMapping(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.pushed("Analysts", ana)
		s.refuses(1)
		s.isPushedNow()
		require.Equal(t, "ERROR", s.mapping().Status)
		s.joins(bo)
		require.Len(t, s.heard(), 1)
		require.Equal(t, "ERROR", s.mapping().Status)
	})
}

// An administrator cannot set ERROR.
func TestErrorIsOktasToSet(t *testing.T) {
	s := onTheTab(t, "oin", provision.Knobs{})
	s.pushed("Analysts", ana)
	r, err := http.NewRequestWithContext(s.ctx, http.MethodPatch, s.URL+"/api/v1/apps/"+string(s.app)+"/group-push/mappings/"+string(s.push), strings.NewReader(`{"status":"ERROR"}`))
	s.must(err)
	r.Header.Set("Authorization", "SSWS "+s.Token)
	answer, err := s.HTTP.RoundTrip(r)
	s.must(err)
	defer answer.Body.Close()
	require.Equal(t, 400, answer.StatusCode)
}

// While a push is inactive changes add up; activating it pushes everything at once,
// the name too.
func TestChangesAddUpWhileAPushIsInactive(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.assigned(bo, cy)
		s.pushed("Analysts", ana)
		s.do(s.SetPush(s.ctx, s.app, s.push, false))
		s.heard()
		s.joins(bo)
		s.do(s.RemoveMember(s.ctx, s.group, s.id(ana)))
		s.joins(cy)
		s.do(s.RenameGroup(s.ctx, s.group, "Researchers"))
		require.Empty(t, s.heard())
		require.Equal(t, "ana", s.members("Analysts"))
		s.do(s.SetPush(s.ctx, s.app, s.push, true))
		require.Equal(t, []string{"Researchers"}, s.there())
		require.Equal(t, "bo cy", s.members("Researchers"))
	})
}

// A group that the target lost is an error, at each push, and is never made again by
// itself. An administrator unlinks it, and pushes it anew.
func TestAGroupThatTheTargetLost(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.assigned(bo)
		s.pushed("Analysts", ana)
		for path := range s.shelf.things {
			if strings.HasPrefix(path, "/Groups/") {
				delete(s.shelf.things, path)
			}
		}
		s.heard()
		for _, tt := range []struct {
			name string
			act  func()
		}{
			{"a member joins", func() { s.joins(bo) }},
			{"retry all", func() { s.do(s.RetryAllGroups(s.ctx, s.app)) }},
			{"push now", s.isPushedNow},
			{"a rename", func() { s.do(s.RenameGroup(s.ctx, s.group, "Researchers")) }},
		} {
			tt.act()
			require.NotEmpty(t, s.heard(), tt.name)
			m := s.mapping()
			require.Equal(t, "ERROR", m.Status, tt.name)
			require.Regexp(t, `^Unable to update Group Push mapping target App group (Analysts|Researchers): .*Not Found\. Errors reported by remote server: there is no /Groups/`, m.Error, tt.name)
		}
		require.Empty(t, s.there(), "nothing is made")

		s.must(s.SetPush(s.ctx, s.app, s.push, false))
		s.must(s.Unlink(s.ctx, s.app, s.push, false))
		s.pushes("Analysts")
		s.settle()
		require.Equal(t, "ana bo", s.members("Analysts"))
		require.Equal(t, "ACTIVE", s.mapping().Status)
	})
}

// Retry All Groups pushes every group that is in error, and no other.
func TestRetryAllGroups(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.pushed("Fine", ana)
		fine := s.push
		var failed []directory.MappingID
		for _, name := range []string{"Analysts", "Researchers"} {
			s.refuses(2)
			s.grouped(name, ana)
			s.pushes(name)
			s.settle()
			failed = append(failed, s.push)
			require.Equal(t, "ERROR", s.mapping().Status)
		}
		s.refuses(2) // an inactive one is left alone
		s.grouped("Paused", ana)
		s.pushes("Paused")
		s.settle()
		s.must(s.SetPush(s.ctx, s.app, s.push, false))
		s.shelf.lie = nil
		s.heard()
		s.do(s.RetryAllGroups(s.ctx, s.app))
		heard := s.heard()
		require.Equal(t, 2, len(slices.DeleteFunc(slices.Clone(heard), func(k kind) bool { return k != createG })))
		require.Len(t, heard, 8)
		require.ElementsMatch(t, []string{"Fine", "Analysts", "Researchers"}, s.there())
		for _, mapping := range append(failed, fine) {
			m, err := s.Mapping(s.ctx, s.app, mapping)
			s.must(err)
			require.Equal(t, "ACTIVE", m.Status)
		}
		s.do(s.RetryAllGroups(s.ctx, s.app))
		require.Empty(t, s.heard(), "there is nothing left to retry")
	})
}

// Bulk edit does one thing to several mappings, or to none.
func TestBulkEdit(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		var all []directory.MappingID
		var groups []directory.GroupID
		for _, name := range []string{"A", "B", "C"} {
			s.pushed(name)
			all, groups = append(all, s.push), append(groups, s.group)
		}
		s.assigned(ana)
		s.heard()
		statuses := func() (seen []string) {
			mappings, err := s.Mappings(s.ctx, s.app)
			s.must(err)
			for _, m := range mappings {
				seen = append(seen, m.Status)
			}
			return seen
		}

		require.Contains(t, refused(t, s.SetPushes(s.ctx, s.app, false, all[0], "gPmNone"), 404), "gPmNone")
		require.Equal(t, []string{"ACTIVE", "ACTIVE", "ACTIVE"}, statuses(), "none is done when one is not there")

		s.do(s.SetPushes(s.ctx, s.app, false, all[:2]...))
		require.Equal(t, []string{"INACTIVE", "INACTIVE", "ACTIVE"}, statuses())
		for _, g := range groups {
			s.must(s.AddMember(s.ctx, g, s.id(ana)))
		}
		s.settle()
		require.Equal(t, [3]string{"", "", "ana"}, [3]string{s.members("A"), s.members("B"), s.members("C")})
		s.do(s.SetPushes(s.ctx, s.app, true, all[:2]...))
		require.Equal(t, [3]string{"ana", "ana", "ana"}, [3]string{s.members("A"), s.members("B"), s.members("C")})

		s.heard()
		s.do(s.UnlinkAll(s.ctx, s.app, false, all[0]))
		require.Empty(t, s.heard(), "delete and leave")
		s.do(s.UnlinkAll(s.ctx, s.app, true, all[1:]...))
		require.Equal(t, []kind{deleteG, deleteG}, s.heard())
		require.Equal(t, []string{"A"}, s.there())
		require.Empty(t, statuses())
		require.NotContains(t, s.heard(), unexpectedKind)
		require.Len(t, s.shelf.matching("/Users", ""), 1, "people stay")
	})
}

// A rule pushes what is called or described so, now and later; each group once.
func TestPushByRule(t *testing.T) {
	for name, tt := range map[string]struct {
		rule  management.PushRule
		pulls []string
	}{
		"begins with":             {management.PushRule{By: directory.ByName, Match: directory.StartsWith, Value: "eng"}, []string{"Eng A", "eng b"}},
		"contains":                {management.PushRule{By: directory.ByName, Match: directory.Contains, Value: "ng"}, []string{"Eng A", "eng b", "Long"}},
		"equals":                  {management.PushRule{By: directory.ByName, Match: directory.Equals, Value: "Long"}, []string{"Long"}},
		"description begins with": {management.PushRule{By: directory.ByDescription, Match: directory.StartsWith, Value: "for"}, []string{"Other"}},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, s *tab) {
				for _, name := range []string{"Eng A", "eng b", "Long", "Other"} {
					id, err := s.CreateGroup(s.ctx, name)
					s.must(err)
					s.must(s.DescribeGroup(s.ctx, id, name, map[string]string{"Other": "for testers"}[name]))
				}
				tt.rule.Name = "a rule"
				id, err := s.AddPushRule(s.ctx, s.app, tt.rule)
				s.must(err)
				s.settle()
				require.ElementsMatch(t, tt.pulls, s.there())
				rules, err := s.PushRules(s.ctx, s.app)
				s.must(err)
				tt.rule.ID, tt.rule.Status = id, "ACTIVE"
				require.Equal(t, []management.PushRule{tt.rule}, rules)
			})
		})
	}
}

func (s *tab) ruled(beginning string) directory.RuleID {
	s.t.Helper()
	id, err := s.AddPushRule(s.ctx, s.app, management.PushRule{Name: "by " + beginning, By: directory.ByName, Match: directory.StartsWith, Value: beginning})
	s.must(err)
	s.settle()
	return id
}

func TestARuleFollowsWhatComesLater(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.pushed("Eng by hand", ana)
		by := s.push
		s.heard()
		rule := s.ruled("Eng")
		require.Empty(t, s.heard(), "a group that is pushed already is left as it is")
		mappings, err := s.Mappings(s.ctx, s.app)
		s.must(err)
		require.Len(t, mappings, 1)

		s.grouped("Eng made later", ana)
		s.settle()
		require.Equal(t, "ana", s.members("Eng made later"))
		other, err := s.CreateGroup(s.ctx, "Sales")
		s.must(err)
		s.do(s.RenameGroup(s.ctx, other, "Eng renamed later"))
		require.ElementsMatch(t, []string{"Eng by hand", "Eng made later", "Eng renamed later"}, s.there())

		s.do(s.SetPushRule(s.ctx, s.app, rule, false))
		mappings, err = s.Mappings(s.ctx, s.app)
		s.must(err)
		var statuses []string
		for _, m := range mappings {
			statuses = append(statuses, m.Status)
		}
		require.Equal(t, []string{"ACTIVE", "INACTIVE", "INACTIVE"}, statuses, "the groups that it pushes are inactive with it")
		s.heard()
		s.grouped("Eng made meanwhile")
		s.joins(ana)
		s.settle()
		require.Empty(t, s.heard(), "a rule that is inactive pushes nothing")
		require.Equal(t, "ACTIVE", s.statusOf(by), "what was not its own is not touched")
		s.do(s.SetPushRule(s.ctx, s.app, rule, true))
		require.Equal(t, "ana", s.members("Eng made meanwhile"))
	})
}

func (s *tab) statusOf(mapping directory.MappingID) string {
	s.t.Helper()
	m, err := s.Mapping(s.ctx, s.app, mapping)
	s.must(err)
	return m.Status
}

// A rule that is deleted takes the groups that it pushed off the tab, and leaves them
// at the target or not; what an administrator pushed by hand stays.
func TestDeletingARule(t *testing.T) {
	for _, too := range []bool{false, true} {
		t.Run(fmt.Sprint("with the groups: ", too), func(t *testing.T) {
			both(t, func(t *testing.T, s *tab) {
				s.pushed("Eng by hand", ana)
				rule := s.ruled("Eng")
				s.grouped("Eng ruled", ana)
				s.settle()
				s.heard()
				s.do(s.DeletePushRule(s.ctx, s.app, rule, too))
				mappings, err := s.Mappings(s.ctx, s.app)
				s.must(err)
				require.Len(t, mappings, 1)
				if too {
					require.Equal(t, []kind{deleteG}, s.heard())
					require.Equal(t, []string{"Eng by hand"}, s.there())
				} else {
					require.Empty(t, s.heard())
				}
				s.grouped("Eng orphan")
				s.settle()
				require.NotContains(t, s.there(), "Eng orphan")
				require.Contains(t, refused(t, s.DeletePushRule(s.ctx, s.app, rule, too), 404), string(rule))
			})
		})
	}
}

// At most a hundred groups match a rule: more are refused with the reason, and the
// one that comes to be too many is not pushed, and warned about.
func TestNoMoreThanAHundredGroupsMatchARule(t *testing.T) {
	s := onTheTab(t, "oin", provision.Knobs{})
	for n := range 100 {
		_, err := s.CreateGroup(s.ctx, fmt.Sprint("Eng ", n))
		s.must(err)
	}
	last, err := s.CreateGroup(s.ctx, "Sales")
	s.must(err)
	s.ruled("Eng")
	require.Len(t, s.there(), 100)
	s.do(s.RenameGroup(s.ctx, last, "Eng 100"))
	require.Len(t, s.there(), 100)
	warnings, err := s.Warnings(s.ctx)
	s.must(err)
	require.Len(t, warnings, 1)
	require.Contains(t, warnings[0].Text, `101 groups match the push rule "by Eng"`)
	_, err = s.AddPushRule(s.ctx, s.app, management.PushRule{Name: "again", By: directory.ByName, Match: directory.Contains, Value: "ng"})
	require.Contains(t, refused(t, err, 400), "101 groups match the rule, and no more than 100 may")
	for _, wrong := range []management.PushRule{
		{By: directory.ByName, Match: directory.Contains, Value: "x"},
		{Name: "x", By: directory.ByName, Match: directory.Contains},
		{Name: "x", By: "SIZE", Match: directory.Contains, Value: "x"},
		{Name: "x", By: directory.ByName, Match: "ENDS_WITH", Value: "x"},
	} {
		_, err := s.AddPushRule(s.ctx, s.app, wrong)
		refused(t, err, 400)
	}
}

// researchers is a group of the target's own, with a member of its own, and its id.
func (s *tab) researchers() string {
	made := s.shelf.put("/Groups", map[string]any{
		"schemas": []any{groupSchema}, "displayName": "Researchers", "members": []any{map[string]any{"value": "theirs"}},
	})
	return made["id"].(string)
}

// links is a link to a group of the target's, whom an import brought before.
func (s *tab) links(id string) {
	s.t.Helper()
	var err error
	s.push, err = s.LinkGroup(s.ctx, s.app, s.group, s.imported(id).ID)
	s.must(err)
	require.Equal(s.t, s.imported(id).ID, s.mapping().Target)
}

// A group of the target's that is linked keeps its members until it is pushed now,
// and its name where the administrator has it so. No other is made.
func TestLinkingAGroup(t *testing.T) {
	for _, rename := range []bool{true, false} {
		t.Run(fmt.Sprint("rename: ", rename), func(t *testing.T) {
			both(t, func(t *testing.T, s *tab) {
				s.must(s.RenameAppGroups(s.ctx, s.app, rename))
				s.assigned(ana, bo)
				s.grouped("Analysts", ana)
				id := s.researchers()
				s.imports()
				s.links(id)
				s.settle()
				name := map[bool]string{true: "Analysts", false: "Researchers"}[rename]
				require.Equal(t, []string{name}, s.there())
				require.Equal(t, "ana theirs", s.members(name))
				s.joins(bo)
				require.Equal(t, "ana bo theirs", s.members(name))

				s.do(s.RenameGroup(s.ctx, s.group, "Analysts EMEA"))
				after := map[bool]string{true: "Analysts EMEA", false: "Researchers"}[rename]
				require.Equal(t, []string{after}, s.there())
				s.isPushedNow()
				require.Equal(t, "ana bo", s.members(after), "push now overwrites")

				s.must(s.SetPush(s.ctx, s.app, s.push, false))
				s.must(s.Unlink(s.ctx, s.app, s.push, false))
				s.grouped("Others", bo)
				s.must(s.RenameAppGroups(s.ctx, s.app, true))
				s.links(id)
				s.settle()
				require.Equal(t, "ana bo", s.members("Others"), "what was left can be linked again")
				require.NotContains(t, s.heard(), createG)
			})
		})
	}
}

// A name that was given to the group at the target alone is not Okta's to change when
// Okta's own does: nothing is said, also by a push of all. Where both are one it follows,
// and one that comes to be the same by chance does from then on.
func TestANameThatWasGivenApartStays(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.assigned(ana)
		s.grouped("Analysts")
		s.pushes("Downstream Analysts")
		s.settle()
		require.Equal(t, []string{"Downstream Analysts"}, s.there())
		s.heard()
		s.do(s.RenameGroup(s.ctx, s.group, "Researchers"))
		require.Empty(t, s.heard())
		s.joins(ana)
		s.isPushedNow()
		require.Equal(t, []string{"Downstream Analysts"}, s.there())
		require.Equal(t, "ana", s.members("Downstream Analysts"))

		s.do(s.RenameGroup(s.ctx, s.group, "Downstream Analysts"))
		s.do(s.RenameGroup(s.ctx, s.group, "Analysts EMEA"))
		require.Equal(t, []string{"Analysts EMEA"}, s.there())
	})
}

func TestALinkOfNobodyThatRenamesNothingIsNotSaid(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		s.must(s.RenameAppGroups(s.ctx, s.app, false))
		s.grouped("Analysts")
		id := s.researchers()
		s.imports()
		s.heard()
		s.links(id)
		s.settle()
		require.Empty(t, s.heard())
		s.assigned(ana)
		s.joins(ana)
		require.Equal(t, "ana theirs", s.members("Researchers"))
	})
}

// A link that failed is a link still: what comes next is said to the target's group,
// as a link, and no other group is looked for.
func TestALinkThatFailedIsALinkStill(t *testing.T) {
	for name, act := range map[string]func(*tab){
		"a member joins": func(s *tab) { s.joins(bo) },
		"a rename":       func(s *tab) { s.do(s.RenameGroup(s.ctx, s.group, "Analysts EMEA")) },
		"the task": func(s *tab) {
			tasks, err := s.Tasks(s.ctx)
			s.do(err, s.RetryTask(s.ctx, tasks[0].ID))
		},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, s *tab) {
				s.assigned(ana, bo)
				s.grouped("Analysts", ana)
				id := s.researchers()
				s.imports()
				s.refuses(1)
				s.links(id)
				s.settle()
				require.Equal(t, "ERROR", s.mapping().Status)
				s.shelf.lie = nil
				s.heard()
				act(s)
				heard := s.heard()
				require.NotContains(t, heard, findG)
				require.NotContains(t, heard, noneG)
				require.Len(t, s.there(), 1)
				require.Contains(t, s.members(s.there()[0]), "theirs")
				require.Contains(t, s.members(s.there()[0]), "ana")
				require.Equal(t, "ACTIVE", s.mapping().Status)
			})
		})
	}
}

// A group is linked by Okta's id of one that an import of the application's brought, and
// that no other is pushed to.
func TestWhatCannotBeLinked(t *testing.T) {
	s := onTheTab(t, "aiw", provision.Knobs{})
	s.grouped("Analysts", ana)
	id := s.researchers()
	link := func(group, target directory.GroupID) error {
		_, err := s.LinkGroup(s.ctx, s.app, group, target)
		return err
	}
	refused(t, link(s.group, directory.GroupID(id)), 404)
	s.imports()
	theirs := s.imported(id).ID
	refused(t, link(s.group, directory.GroupID(id)), 404)
	refused(t, link("00gNone", theirs), 404)
	require.Contains(t, refused(t, link(s.group, s.group), 400), "one of Okta's own")
	require.Contains(t, refused(t, link(s.group, ""), 400), "Exactly one of targetGroupName and targetGroupId")
	first := s.app
	s.connect("aiw", "https://sp.example.test/scim")
	refused(t, link(s.group, theirs), 404)
	s.imports()
	require.NotEqual(t, theirs, s.imported(id).ID, "another application's group is another")
	s.app = first
	s.links(id)
	require.Contains(t, refused(t, link(s.group, "another"), 400), "already pushed")
	s.grouped("Others")
	require.Contains(t, refused(t, link(s.group, theirs), 400), "already linked to another one")
	require.Contains(t, refused(t, s.Unlink(s.ctx, s.app, s.push, false), 400), "must be inactive")
}

// What a mapping shows as its target group is the group that an import brings: the one
// that it was linked to, the one of its name that was there, or, where Okta made it, the
// one that an import brings later.
func TestAMappingShowsTheGroupThatIsImported(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		id := s.researchers()
		s.imports()
		s.grouped("Analysts")
		s.pushes("Analysts")
		s.settle()
		analysts, made := s.mapping().Target, s.shelf.matching("/Groups", `displayName eq "Analysts"`)[0].(map[string]any)["id"].(string)
		require.NotEmpty(t, analysts)
		s.imports()
		require.Equal(t, analysts, s.imported(made).ID, "the group that Okta made")
		require.Equal(t, analysts, s.mapping().Target)

		s.grouped("Researchers")
		s.pushes("Researchers")
		researchers := s.imported(id).ID
		require.Equal(t, researchers, s.mapping().Target, "the group that was there")
		s.grouped("Others")
		_, err := s.LinkGroup(s.ctx, s.app, s.group, researchers)
		require.Contains(t, refused(t, err, 400), "already linked to another one")
		s.must(s.UnlinkAll(s.ctx, s.app, false, s.push))
		s.settle()
		s.links(id)

		s.shelf.put("/Groups", map[string]any{"schemas": []any{groupSchema}, "displayName": "Twins"})
		s.shelf.put("/Groups", map[string]any{"schemas": []any{groupSchema}, "displayName": "Twins"})
		s.settle()
		s.imports()
		s.grouped("Twins")
		s.pushes("Twins")
		require.NotEqual(t, s.mapping().Target, s.imported("1003").ID, "of two nobody knows which")
		require.NotEqual(t, s.mapping().Target, s.imported("1004").ID, "of two nobody knows which")
	})
}

// What the log says of group push, in Okta's event types.
func TestTheLogOfGroupPush(t *testing.T) {
	both(t, func(t *testing.T, s *tab) {
		events := func() (types []string) {
			all, err := s.Log(s.ctx, "")
			s.must(err)
			for _, e := range all {
				if strings.Contains(e.Type, "group_push") || strings.Contains(e.Type, "grouppush") || strings.Contains(e.Type, "provision.group") {
					types = append(types, strings.TrimPrefix(e.Type, "application.provision.group_push.")+map[string]string{"FAILURE": "!"}[e.Outcome.Result])
				}
			}
			return types
		}
		s.assigned(ana)
		s.grouped("Analysts", ana, bo)
		s.pushes("Analysts")
		s.settle()
		s.do(s.RenameGroup(s.ctx, s.group, "Researchers"))
		s.do(s.RemoveMember(s.ctx, s.group, s.id(bo)))
		s.do(s.RemoveMember(s.ctx, s.group, s.id(ana)))
		s.refuses(1)
		s.isPushedNow()
		s.shelf.lie = nil
		s.must(s.SetPush(s.ctx, s.app, s.push, false))
		s.must(s.RenameGroup(s.ctx, s.group, "Analysts"))
		s.do(s.SetPush(s.ctx, s.app, s.push, true))
		s.do(s.UnlinkAll(s.ctx, s.app, true, s.push))
		require.Equal(t, []string{
			"mapping.created",
			"app.user_management.grouppush.mapping.okta.users.ignored", "updated",
			"mapping.app.group.renamed", "push_memberships",
			"application.provision.group.add!",
			"deactivate_mapping", "mapping.deactivated.source.group.renamed", "activate_mapping", "updated",
			"removed", "delete_appgroup",
		}, events())
	})
}
