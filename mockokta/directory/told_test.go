package directory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// told is what the target is told of Ana beside the four that everybody has, by
// the names of the attributes.
func (o office) told() map[string]any {
	o.t.Helper()
	as, err := o.Assignment(o.app, o.ana)
	o.must(err)
	p, err := o.Person(o.ana)
	o.must(err)
	told := map[string]any{}
	for _, v := range as.Values(p) {
		switch v.Name {
		case "givenName", "familyName", "email", "emailType":
		default:
			told[v.Name] = v.Value
		}
	}
	return told
}

func (o office) userName() string {
	o.t.Helper()
	as, err := o.Assignment(o.app, o.ana)
	o.must(err)
	p, err := o.Person(o.ana)
	o.must(err)
	return as.UserName(p)
}

func (o office) has(some directory.Profile) []directory.Effect {
	o.t.Helper()
	effects, err := o.UpdateProfile(o.ana, some)
	o.must(err)
	return effects
}

func (o office) edited(own directory.Profile) directory.Change {
	o.t.Helper()
	c, err := o.Edit(o.app, o.ana, own)
	o.must(err)
	return c
}

func (o office) mapped(attribute, expression string) []directory.Effect {
	o.t.Helper()
	return o.remapped(attribute, &directory.PropertyMapping{Expression: expression})
}

func (o office) remapped(attribute string, m *directory.PropertyMapping) []directory.Effect {
	o.t.Helper()
	effects, err := o.SetProfileMapping(o.app, map[string]*directory.PropertyMapping{attribute: m})
	o.must(err)
	return effects
}

// Every default mapping, with where in Okta's profile it comes from.
func TestANewApplicationMapsTheBaseProfile(t *testing.T) {
	o := open(t)
	o.assign(o.ana)
	o.has(directory.Profile{
		"middleName": "B", "honorificPrefix": "Dr", "honorificSuffix": "III", "title": "Analyst", "displayName": "Ana R.", "nickName": "An",
		"profileUrl": "https://example.test/ana", "primaryPhone": "+41", "streetAddress": "1 Road", "city": "Bern", "state": "BE", "zipCode": "3000",
		"countryCode": "CH", "postalAddress": "1 Road, Bern", "preferredLanguage": "de", "locale": "de_CH", "timezone": "Europe/Zurich", "userType": "staff",
		"employeeNumber": "7", "costCenter": "R&D", "organization": "Example", "division": "North", "department": "Tools", "managerId": "00u9", "manager": "Bo",
		"mobilePhone": "never", "secondEmail": "never",
	})
	require.Empty(t, cmp.Diff(map[string]any{
		"middleName": "B", "honorificPrefix": "Dr", "honorificSuffix": "III", "title": "Analyst", "displayName": "Ana R.", "nickName": "An",
		"profileUrl": "https://example.test/ana", "primaryPhone": "+41", "primaryPhoneType": "work",
		"addressType": "work", "streetAddress": "1 Road", "locality": "Bern", "region": "BE", "postalCode": "3000", "country": "CH", "formatted": "1 Road, Bern",
		"preferredLanguage": "de", "locale": "de_CH", "timezone": "Europe/Zurich", "userType": "staff",
		"employeeNumber": "7", "costCenter": "R&D", "organization": "Example", "division": "North", "department": "Tools",
		"managerValue": "00u9", "managerDisplayName": "Bo",
	}, o.told()))
}

// RFC 7643, section 4.3, has these in the enterprise extension and all others of
// the base profile in the core User (section 4.1).
func TestTheBaseProfileStandsWhereTheRFCHasIt(t *testing.T) {
	var enterprise []string
	for _, a := range directory.BaseProfile() {
		if a.ExternalNamespace == "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User" {
			enterprise = append(enterprise, a.ExternalName)
			continue
		}
		require.Equal(t, "urn:ietf:params:scim:schemas:core:2.0:User", a.ExternalNamespace, a.Name)
	}
	require.Equal(t, []string{"employeeNumber", "costCenter", "organization", "division", "department", "manager.value", "manager.displayName"}, enterprise)
}

// An attribute is told when it has a value, and once that was taken away.
func TestWhatIsToldOfAValueThatComesAndGoes(t *testing.T) {
	for name, take := range map[string]struct{ give, away func(office) }{
		"a mapped one": {
			func(o office) { o.has(directory.Profile{"title": "Analyst"}) },
			func(o office) { o.has(directory.Profile{"title": nil}) },
		},
		"the person's own": {
			func(o office) { o.edited(directory.Profile{"title": "Analyst"}) },
			func(o office) { o.edited(directory.Profile{"title": nil}) },
		},
		"a group's": {
			func(o office) {
				_, err := o.EditGroupAssignment(o.app, o.analysts, nil, directory.Profile{"title": "Analyst"})
				o.must(err)
			},
			func(o office) {
				_, err := o.EditGroupAssignment(o.app, o.analysts, nil, directory.Profile{"title": nil})
				o.must(err)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.joined(o.ana)
			o.given(o.analysts)
			require.Empty(t, o.told(), "never there: nothing is said")
			take.give(o)
			require.Equal(t, map[string]any{"title": "Analyst"}, o.told())
			take.away(o)
			require.Equal(t, map[string]any{"title": nil}, o.told(), "taken away")
			o.has(directory.Profile{"nickName": "An"})
			require.Equal(t, map[string]any{"title": nil, "nickName": "An"}, o.told(), "and from then on")
			take.give(o)
			require.Equal(t, map[string]any{"title": "Analyst", "nickName": "An"}, o.told(), "until it is there again")
		})
	}
}

// Who is given the application anew has had nothing there yet.
func TestAReassignedPersonBeginsAnew(t *testing.T) {
	o := open(t)
	o.has(directory.Profile{"title": "Analyst"})
	o.assign(o.ana)
	o.has(directory.Profile{"title": nil})
	_, err := o.Unassign(o.app, o.ana)
	o.must(err)
	o.assign(o.ana)
	require.Empty(t, o.told())
}

func TestExpressions(t *testing.T) {
	for name, tt := range map[string]struct {
		expression string
		want       any // nil: nothing is told
	}{
		"an attribute":                      {`user.employeeNumber`, "7"},
		"an attribute with blanks about it": {"  user.employeeNumber ", "7"},
		"one that nobody has":               {`user.nothing`, nil},
		"text in single quotes":             {`'staff'`, "staff"},
		"text in double quotes":             {`"it's"`, "it's"},
		"empty text is no value":            {`""`, nil},
		"two joined":                        {`user.lastName + ", " + user.firstName`, "Test, ana"},
		"joined without blanks":             {`user.firstName+'@'+user.employeeNumber`, "ana@7"},
		"joined with what is not there":     {`"no. " + user.nothing`, "no. "},
		"joined with a number":              {`"floor " + user.floor`, "floor 3"},
		"the default of a type":             {`(user.employeeNumber != null && user.employeeNumber != '') ? 'work' : ''`, "work"},
		"the default of a type, of nothing": {`(user.nothing != null && user.nothing != '') ? 'work' : ''`, nil},
		"the default of a type, of empty":   {`(user.empty != null && user.empty != '') ? 'work' : ''`, nil},
		"what is of another type":           {`user.floor`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.has(directory.Profile{"employeeNumber": "7", "floor": 3., "empty": ""})
			o.assign(o.ana)
			o.mapped("nickName", tt.expression)
			require.Equal(t, tt.want, o.told()["nickName"])
		})
	}
}

func TestMappingsThatAreRefused(t *testing.T) {
	for name, tt := range map[string]struct{ attribute, expression, why string }{
		"nothing":                  {"title", "", "the mock understands user.NAME"},
		"a function":               {"title", "String.toUpperCase(user.title)", "the mock understands user.NAME"},
		"an attribute of the app":  {"title", "appuser.title", "the mock understands user.NAME"},
		"a quote that is open":     {"title", `"x`, "the mock understands user.NAME"},
		"a plus too many":          {"title", `user.a + `, "the mock understands user.NAME"},
		"two without a plus":       {"title", `user.a user.b`, "the mock understands user.NAME"},
		"a condition of two":       {"title", `(user.a != null && user.b != '') ? 'work' : ''`, "the mock understands user.NAME"},
		"an attribute of no name":  {"title", `user.`, "the mock understands user.NAME"},
		"what the profile lacks":   {"nobody", "user.title", "not defined in the application's profile"},
		"the application username": {"userName", "user.email", "sign-on settings"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			_, err := o.SetProfileMapping(o.app, map[string]*directory.PropertyMapping{
				"nickName": {Expression: "user.title"}, tt.attribute: {Expression: tt.expression},
			})
			var invalid *directory.Invalid
			require.ErrorAs(t, err, &invalid)
			require.Equal(t, tt.attribute, invalid.Field)
			require.Contains(t, invalid.Why, tt.why)
			kept, err := o.ProfileMapping(o.app)
			o.must(err)
			require.Equal(t, "user.nickName", kept["nickName"].Expression, "nothing of a refused request is kept")
		})
	}
}

func TestAMappingThatChanges(t *testing.T) {
	changed := func(o office) []directory.Effect { return one(o, directory.ProfileChanged{Person: o.ana}) }
	analyst := directory.Profile{"title": "Analyst", "userType": "staff"}
	for name, tt := range map[string]struct {
		before func(office)
		act    func(office) []directory.Effect
		want   func(office) []directory.Effect
		told   map[string]any
	}{
		"to another value matters": {
			act:  func(o office) []directory.Effect { return o.mapped("title", "user.userType") },
			want: changed,
			told: map[string]any{"title": "staff", "userType": "staff"},
		},
		"to the same value does not": {
			act:  func(o office) []directory.Effect { return o.mapped("title", "'Analyst'") },
			told: map[string]any{"title": "Analyst", "userType": "staff"},
		},
		"to no value takes it away": {
			act:  func(o office) []directory.Effect { return o.mapped("title", "user.nothing") },
			want: changed,
			told: map[string]any{"title": nil, "userType": "staff"},
		},
		"behind the person's own value does not matter": {
			before: func(o office) { o.edited(directory.Profile{"title": "Boss"}) },
			act:    func(o office) []directory.Effect { return o.mapped("title", "user.userType") },
			told:   map[string]any{"title": "Boss", "userType": "staff"},
		},
		"that is taken away says nothing": {
			act:  func(o office) []directory.Effect { return o.remapped("title", nil) },
			told: map[string]any{"title": "Analyst", "userType": "staff"},
		},
		"that was taken away is followed no more": {
			before: func(o office) { o.remapped("title", nil) },
			act:    func(o office) []directory.Effect { return o.has(directory.Profile{"title": "Boss"}) },
			told:   map[string]any{"title": "Analyst", "userType": "staff"},
		},
		"that comes back matters": {
			before: func(o office) { o.remapped("title", nil); o.has(directory.Profile{"title": "Boss"}) },
			act:    func(o office) []directory.Effect { return o.mapped("title", "user.title") },
			want:   changed,
			told:   map[string]any{"title": "Boss", "userType": "staff"},
		},
		"to create only says nothing": {
			act: func(o office) []directory.Effect {
				return o.remapped("title", &directory.PropertyMapping{Expression: "user.userType", CreateOnly: true})
			},
			told: map[string]any{"title": "Analyst", "userType": "staff"},
		},
		"of a custom attribute matters as any other": {
			before: func(o office) { o.define(directory.Attribute{Name: "grade", ExternalNamespace: demo}) },
			act:    func(o office) []directory.Effect { return o.mapped("grade", "user.userType") },
			want:   changed,
			told:   map[string]any{"title": "Analyst", "userType": "staff", "grade": "staff"},
		},
		"of an attribute that is not sent does not": {
			before: func(o office) { o.define(directory.Attribute{Name: "grade"}) },
			act:    func(o office) []directory.Effect { return o.mapped("grade", "user.userType") },
			told:   map[string]any{"title": "Analyst", "userType": "staff"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.has(analyst)
			o.assign(o.ana)
			if tt.before != nil {
				tt.before(o)
			}
			got := tt.act(o)
			var want []directory.Effect
			if tt.want != nil {
				want = tt.want(o)
			}
			require.Empty(t, cmp.Diff(want, got))
			require.Equal(t, tt.told, o.told())
		})
	}
}

func TestAMappingOnCreateOnly(t *testing.T) {
	o := open(t)
	o.remapped("title", &directory.PropertyMapping{Expression: "user.title", CreateOnly: true})
	o.has(directory.Profile{"title": "Analyst"})
	o.assign(o.ana)
	require.Equal(t, map[string]any{"title": "Analyst"}, o.told())
	require.Empty(t, o.has(directory.Profile{"title": "Boss"}))
	require.Empty(t, o.mapped("nickName", "user.nothing"))
	require.Equal(t, map[string]any{"title": "Analyst"}, o.told())
	_, err := o.Unassign(o.app, o.ana)
	o.must(err)
	o.assign(o.ana)
	require.Equal(t, map[string]any{"title": "Boss"}, o.told(), "who is assigned again is created again")
}

// What two applications map is each one's own.
func TestTwoApplicationsMapOnTheirOwn(t *testing.T) {
	o := open(t)
	other, err := o.CreateApp("Other", directory.TokenAuth)
	o.must(err)
	o.must(o.Connect(other.ID, "https://other.example.test", "t"))
	o.must(o.SetConnected(other.ID, true))
	for _, app := range []directory.AppID{o.app, other.ID} {
		_, err := o.Assign(app, o.ana, nil)
		o.must(err)
	}
	o.remapped("title", nil)
	require.Equal(t, []directory.Effect{{App: other.ID, Change: directory.ProfileChanged{Person: o.ana}}}, o.has(directory.Profile{"title": "Analyst"}))
	require.Empty(t, o.told())
}

func (o office) settings(s directory.Settings) {
	o.t.Helper()
	s.CreateUsers, s.UpdateUsers, s.DeactivateUsers = true, true, true
	o.must(o.Set(o.app, s))
}

func TestAUserNameThatChanges(t *testing.T) {
	o := open(t)
	o.assign(o.ana)
	changed := one(o, directory.ProfileChanged{Person: o.ana})
	require.Equal(t, changed, o.has(directory.Profile{"login": "ana.ruiz@example.test"}))
	require.Equal(t, "ana.ruiz@example.test", o.userName())

	o.settings(directory.Settings{ExcludeUserNames: true})
	require.Empty(t, o.has(directory.Profile{"login": "second@example.test"}))
	require.Empty(t, o.has(directory.Profile{"login": "third@example.test"}))
	require.Nil(t, o.edited(directory.Profile{"userName": "typed"}))
	require.Equal(t, "typed", o.userName(), "Okta has it, and what the target was told is provisioning's to know")
	require.Equal(t, changed, o.has(directory.Profile{"title": "Analyst"}), "other updates go on")
	require.Equal(t, changed, o.has(directory.Profile{"login": "fourth@example.test", "title": "Boss"}), "also with a username beside them")

	o.settings(directory.Settings{})
	require.Equal(t, changed[0].Change, o.edited(directory.Profile{"userName": "typed twice"}))
}

// Another application username stands in the log, whether the target is told of it
// or not.
func TestAnotherUserNameIsLogged(t *testing.T) {
	o := open(t)
	o.assign(o.ana)
	o.settings(directory.Settings{ExcludeUserNames: true})
	logged := func() (all []string) {
		for _, e := range o.Log() {
			if e.Type == "application.user_membership.change_username" {
				all = append(all, e.Targets[0].Alt)
			}
		}
		return all
	}
	o.has(directory.Profile{"title": "Analyst"})
	require.Empty(t, logged())
	o.has(directory.Profile{"login": "second@example.test"})
	o.edited(directory.Profile{"userName": "typed"})
	o.edited(directory.Profile{"userName": "typed"})
	o.has(directory.Profile{"login": "third@example.test"})
	require.Equal(t, []string{"second@example.test", "second@example.test"}, logged())
}

func TestAPasswordIsForThoseWhoSyncIt(t *testing.T) {
	o := open(t)
	o.assign(o.ana)
	effects, err := o.SetPassword(o.ana, "tr0ub4dor")
	o.must(err)
	require.Empty(t, effects, "off by default")
	o.settings(directory.Settings{SyncPassword: true})
	for p, want := range map[directory.PersonID][]directory.Effect{
		o.ana: one(o, directory.PasswordChanged{Person: o.ana}), o.bo: nil,
	} {
		effects, err = o.SetPassword(p, "c0rrect")
		o.must(err)
		require.Equal(t, want, effects)
	}
	require.Equal(t, "c0rrect", o.Password(o.ana))
	p, err := o.Person(o.ana)
	o.must(err)
	require.Equal(t, directory.Active, p.Status)
	_, err = o.Deactivate(o.ana)
	o.must(err)
	_, err = o.SetPassword(o.ana, "again")
	require.ErrorAs(t, err, new(*directory.Conflict))
	require.NotContains(t, err.Error(), "again")
	_, err = o.DeletePerson(o.ana)
	o.must(err)
	require.Empty(t, o.Password(o.ana))
}

func TestForceSyncIsForEverybodyAssigned(t *testing.T) {
	o := open(t)
	o.assign(o.ana)
	o.assign(o.staged())
	got, err := o.ForceSync(o.app)
	o.must(err)
	require.Equal(t, one(o, directory.ForceSyncAsked{Person: o.ana}), got)
	o.must(o.SetConnected(o.app, false))
	_, err = o.ForceSync(o.app)
	require.ErrorAs(t, err, new(*directory.Conflict))
}
