package features_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target/fault"
)

// What the author of a failing server reads first, of failures of six kinds: what
// was wanted and seen, in which exchange, and which write of Okta's led there.
func TestAFailureTellsWhereToLook(t *testing.T) {
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		fault, scenario string
		reason, note    string
	}{
		{
			"filtered-remove-ignored", "member-leaves",
			`the members of Analysts: want Ana, Cem, got Ana, Ben, Cem (exchange 23)`,
			`exchange 23 shows it; Okta's last write before that is exchange 22, PATCH /Groups/ID, answered 200`,
		},
		{
			"group-delete-ignored", "unlink-deletes-group",
			`groups with the name "RUN-1 Analysts": want none, got one (exchange 22)`,
			`exchange 22 shows it; Okta's last write before that is exchange 21, DELETE /Groups/ID, answered 204`,
		},
		{
			"hides-disabled", "unassign-keeps-account",
			`the lookup of Ana.RUN-1@scimproof.test: want the account with id ID alone, got none of that username, and none of another (exchange 9)`,
			`exchange 9 shows it; Okta's last write before that is exchange 7, PATCH /Users/ID, answered 200`,
		},
		{
			"paging-as-text", "connection-test",
			`Okta's test of the API credentials: want accepted, got refused: the SCIM server answered 200: the list's totalResults is not an integer (exchange 1)`, ``,
		},
		{
			"stores-and-answers-500", "profile-change-arrives",
			`the push of Ana's profile: want no error in Okta, got PUT /Users/{id} answered with 500, and Okta shows: Automatic profile push of user Ana.RUN-1@scimproof.test to app Target failed: Error while trying to push profile update for Ana.RUN-1@scimproof.test: Internal Server Error. Errors reported by remote server: cannot read property of undefined (exchange 8)`, ``,
		},
		{
			"eq-is-contains", "push-leaves-other-groups",
			`whom Okta's next write would have reached: want the one that it had asked for, got Okta would now have overwritten group "RUN-1 Analysts EMEA" (id ID), which is not RUN-1 Analysts's; nothing was sent (exchange 15)`, ``,
		},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			cases, err := features.Selection{Only: []string{tt.scenario}, Dialect: features.OIN}.Choose(all)
			if err != nil {
				t.Fatal(err)
			}
			f := fault.All()[slices.IndexFunc(fault.All(), func(f fault.Fault) bool { return f.Name == tt.fault })]
			for _, o := range verdicts(t, cases, steps.Config{}, f) {
				assert.Equal(t, tt.reason, anonymous(o.Reason))
				if notes := anonymous(strings.Join(o.Notes, "; ")); tt.note == "" {
					assert.NotContains(t, notes, "last write")
				} else {
					assert.Contains(t, notes, tt.note) // a slow machine has more to say
				}
			}
		})
	}
}

var (
	runIDs    = regexp.MustCompile(`sp[a-z0-9]{8}\b`)
	targetIDs = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
)

func anonymous(s string) string {
	return targetIDs.ReplaceAllString(runIDs.ReplaceAllString(s, "RUN"), "ID")
}

// What was seen tells better than the scenario what is not met, and so whose advice
// to give.
func TestAFailureNamesWhatIsNotMet(t *testing.T) {
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		fault, scenario string
		want            []string
	}{
		{"refuses-scim-json", "assign-creates", []string{"F45", "F48"}},
		{"create-answers-nothing", "assign-creates", []string{"F83"}},
		{"not-acceptable", "connection-test", []string{"F47"}},
		{"get-needs-content-type", "connection-test", []string{"F49"}},
		{"patch-not-implemented", "unassign-disables", []string{"F03"}},
		{"stores-and-answers-500", "profile-change-arrives", []string{"F77"}},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			cases, err := features.Selection{Only: []string{tt.scenario}, Dialect: features.OIN}.Choose(all)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range verdicts(t, cases, steps.Config{}, named(tt.fault)) {
				assert.Equal(t, tt.want, o.Breaks, o.Reason)
			}
		})
	}
}
