// Package steps is the vocabulary of the scenarios: one Go method per sentence,
// and the player that plays scenarios against a target.
//
// A step does no work of its own. Driving belongs to Okta's management API
// (package mockokta/management), looking belongs to package target, and judging
// what follows from what to package reports/evidence.
//
// The sentences, in which NAME is a person (Ana, Ben, Cem: the one things happen
// to, a bystander, a third) and NAMES one or several ("Ana, Ben and Cem", "nobody").
// What the provider's administrator does can also be tried, as in "tries to save the
// IAM", and be refused:
//
//	Given Okta is connected to the target
//	Given Okta draws the order of its jobs from the seed …
//	Given the application is there, and not connected
//	When the administrator tests the API credentials
//	Then Okta accepts the credentials
//
//	Given|When NAMES is|are assigned to the application
//	When NAME is unassigned from the application
//	When NAME is unassigned from the application, and Okta asks first
//	Given NAME was assigned to the application and unassigned again
//	Given NAME was assigned to the application, unassigned and assigned again
//	Given NAMES was|were assigned before provisioning was on
//	Given the group … is assigned to the application with NAMES in it
//	When the administrator clicks Provision User
//	Given|When NAME's last name changes to "…"
//
//	Given Okta's switches are on for … alone
//	Given|When NAME is deactivated|reactivated in Okta
//	When the group … is unassigned from the application
//	Given|When NAME's username changes to begin with "…"
//	Given NAME is called "…" "…" in Okta
//	Given NAME has NAME's email address in Okta
//	When NAME's display name is taken away in Okta
//	Then no answer shows NAME's password
//	Then the id of NAME's account is one string wherever it stands
//
//	Given the target already holds an account for NAME
//	Given the target already holds a disabled account for NAME
//	Then the target holds one account for NAME
//	Then the target holds no account for NAME
//	Then Okta has said nothing about NAME
//	Then Okta was answered with the account of|group …
//	Then the target shows NAME as active|disabled
//	Then the target shows NAME's last name as "…"
//	Then NAME's account shows her|his profile
//	Then NAME's account is as it was
//	Then NAME's account can be read by its id
//	Then NAME's account can be found by her|his username
//	Then of NAME's account only the name|active flag has changed
//	Then Okta found one|no account for NAME
//	Then it is the account|group that was there
//
//	Given the application has an attribute WORD in a schema of its own
//	Given|When NAME is assigned to the application with the WORD …
//	Given|When NAME's WORD is set to …
//	When NAME's WORD is cleared
//	Then NAME's account shows the WORD …
//	Then NAME's account shows no WORD
//
//	Given NAME's WORD in Okta is "…"
//	When NAME's WORD in Okta changes to "…"
//	When NAME's WORD is taken away in Okta
//	Given|When the application maps WORD to …
//	Given the group … gives the application with the WORD …
//	When the group … is put first
//
//	Given somebody at the target has changed NAME's WORD to …
//	When the administrator clicks Force Sync
//	Given NAME was assigned to the application, and the answer was lost
//	When the administrator retries what failed
//	Then the username that NAME had finds nobody
//	Given Okta synchronises passwords
//	When NAME's password changes in Okta
//
//	Given NAME's account holds attributes that Okta does not know
//	Then NAME's account still holds those attributes
//	Then Okta said of NAME what it said of NAME
//
//	Given NAMES is|are in the group …
//	Given the target already holds a group … with NAMES in it
//	Given the group … is pushed with NAMES in it
//	Given somebody at the target has changed the members of … to NAMES
//	When the group … is pushed
//	When the group … is pushed now
//	When the group … is renamed to …
//	When the group … is unlinked and deleted
//	Given|When NAME joins|joined the group …
//	When somebody at the target puts NAME into the group … while NAME joins it
//	Given|When NAME leaves|left the group …
//	When NAME joins|leaves the group …, and then the group …
//	When the group … is added|removed on NAME's Groups tab
//	Then the target holds one|no group …
//	Then the members of … are NAMES
//	Then the members of … are those whom Okta named
//	Then the group … has no members
//	Given|Then NAME's account lists|does not list the group …
//	Then the group … is as it was
//
//	Given the group … is assigned to the application with 120 people in it
//	Given the target already holds accounts for 8 people
//	Given 120 of them are in the group …
//	When 30 more of them join the group …
//	When at the target 8 of them are put into the group … at once
//	When at the target NAME is put into the group … 8 times at once
//	Given|Then the members of … are these 120
//	Then the members of … are those whom the target took
//	When at the target NAMES is|are put into the group … with the display null
//	When at the target NAME and somebody unknown are put into the group …
//	Then the group … has NAME in it, unless the target refused both
//	When at the target NAME is put into the group …, which is then read twice
//	Then both times the group … has the same members
//	When at the target a group without a name is made
//	Then it is refused as the client's mistake
//
//	Given|When the push of the group … is deactivated|activated
//	When the groups with WORD in their names are pushed by a rule
//	When the groups WORD and WORD are unlinked and deleted together
//	Given the group … is unlinked and left at the target
//	Given Okta renames|does not rename the groups that it links
//	Given|When the group … is linked to the target's group …
//	Given the group … was pushed, and the answer was lost
//	When the administrator clicks Retry All Groups
//	Given somebody at the target has deleted the group …
//	When NAME leaves the group …, and Okta shows an error
//
//	Then the provider's screen shows NAME as a user|disabled under this IAM
//	Then the provider's screen shows NAME's permissions as WORD
//	Then the provider's screen shows NAME's about|location as "…"
//	Then the provider's screen shows no about|location of NAME
//	Then the provider's screen shows NAME's attribute WORD, given by hand, as "…"
//	Then the provider's screen shows the group WORD with NAMES in it
//	Then the provider's screen shows no group WORD
//	Then the provider's screen shows no group at all
//	Then NAME's account in the internal IAM is as it was
//	Given the provider takes the attributes of that schema under the prefix …
//	Given the provider takes the attributes of the enterprise schema, too, under the prefix WORD
//	Given the provider maps … to the username on WORD
//	Then the provider's screen shows NAME's attribute … as "…"
//	Then the provider's screen shows no attribute … of NAME
//	Then the provider's screen shows no attribute at all of NAME
//	Then the provider's screen shows NAME's username on WORD as "…"
//	Then the provider's screen shows no username on WORD for NAME
//
//	Given the administrator adds the application WORD from the catalogue
//	When the administrator changes the application's label to …
//	When the administrator fills in this|another Base URL and this|another IAM ID under Advanced Sign-on Settings
//	Given NAME is assigned to the application while nothing is provisioned
//	When the administrator fills in the SCIM URL and the key under API Integration
//	When the administrator clicks Test API Credentials
//	When the administrator saves the API integration
//	When the administrator tries to save the API integration
//	Then Okta has not saved the API integration
//	When the administrator enables Create Users, Update User Attributes and Deactivate Users
//	Then Okta is refused with the key
//	When NAME is assigned to the application, and Okta shows an error
//	When NAME's last name changes to "…", and Okta shows an error
//	Then Okta was refused with NUMBER
//	When Push Groups is on|off in Okta for the group WORD
//	Then Okta shows an error at the push of the group WORD
//	When NAME is deactivated in Okta and deleted there
//
//	When the provider's administrator adds an IAM with the display name … and the type WORD
//	Given the provider's administrator edits the IAM
//	When the provider's administrator tries to rename the IAM to …
//	Given the provider's administrator fills in the client options
//	Given the provider's administrator fills in the client options but the WORD
//	Given the provider's administrator sets the default permissions to WORD
//	Given the provider's administrator ticks|unticks Enable SCIM support
//	When the provider's administrator tries to tick Enable SCIM support for the internal IAM
//	Given the provider's administrator fills in the Profile Schema
//	Given the provider's administrator maps WORD to the profile field WORD
//	When the provider's administrator tries to map … to the username on WORD
//	When the provider's administrator clicks|tries Test Connection
//	When NAME clicks|tries Test User Login
//	When the provider's administrator saves the IAM
//	Given the provider's administrator removes the IAM
//	When the IAM is removed, and another of its name is saved after NAME's Test User Login
//	Given a new IAM is saved after NAME's Test User Login
//	Given Okta is connected to a new IAM, saved after NAME's Test User Login
//	Given the provider's administrator sets NAME's WORD to "…"
//	Given the provider's administrator gives NAME the attribute WORD "…"
//	Given the provider's internal IAM has an account of NAME's name
//	Then the provider refuses it
//	Then the reason names …
//	Then the provider has no IAM …
//	Then the page shows the SCIM URL and the key
//	Then the page shows the SCIM URL, and the key no more
//	Then the key opens the SCIM URL
//
//	Given another Okta is connected to another tenant of the same server
//	Given|When the other Okta assigns its NAME
//	When the other Okta pushes its group … with NAMES in it
//	Then each tenant holds one account for its NAME, and nobody else's
//	Then each tenant holds one group … with its NAMES in it
//	Then the other tenant's NAME cannot be read by her|his id here
//	Then this tenant's key is refused at the other tenant
//	Then the other tenant shows its NAME as active|disabled
//
//	When Okta's test asks for an account that is not there
//	When Okta's test asks for one account
//	Then it is answered with a list, and somebody on it
//	When Okta's test looks NAME up
//	When Okta's test makes an account for NAME in …
//	When Okta's test comes with a wrong token
//	Then it finds NAME
//	Then it is answered with NAME's new account
//	Then it is answered with 404 and a SCIM error
//	Then the error says what is wrong
//
//	Given the target already holds NUMBER accounts
//	Given Okta imports groups, too
//	When the administrator imports from the target
//	When the administrator imports from the target twice
//	When the administrator confirms that an account is NAME's
//	Then the numbers on each page are true
//	Then each import has seen every account once
//	Then Okta takes in NAME's account, and not NAME's
//	Then Okta was shown NAME's account as disabled
//	Then Okta takes in the group … with NAMES in it
//	Given Okta matches imported accounts by their names
//	Given the target already holds an account for NAME under another username
//	Given the target already holds an account for NAME, who is not in Okta
//	When the administrator confirms NAME's account as somebody new's
//	Then Okta has NAME with the name and the email address of the account
//	When the administrator ignores NAME's account
//	Then Okta leaves NAME's account alone
//	Then another import brings nothing new
//	Given Okta takes people's profiles from the target
//	Then Okta has NAME with the WORD "…"
//	Given somebody at the target has disabled NAME
//	Then Okta has deactivated NAME
//	Then the import has taken the application from nobody
//	Then Okta and the target agree about NAMES
//	Then Okta and the target agree about the group …
//	Then Okta lists NAME's account as one that differs
//	Then Okta lists the group … as one that is not pushed
//	When Okta's test asks for the page past the end
//	Then it is answered with an empty page
//	Then the page says how many it has
package steps

import (
	"regexp"
	"slices"
	"sync"

	"github.com/scimproof/scimproof/features"
)

// A sentence is one entry of the vocabulary.
type sentence struct {
	pattern string
	owner   string           // for a Given: the address of the requirement that owns it, "" when no target can fail it
	means   func(*world) any // the method, bound to a scenario's world
}

var vocabulary = slices.Concat(connectionSteps, assignmentSteps, lifecycleSteps, accountSteps, attributeSteps, mappingSteps, repairSteps, extraSteps, groupSteps, groupLooks, pushSteps, crowdSteps, groupWrites, screenSteps, consoleSteps, providerSteps, tenantSteps, specSteps, importSteps, importResults)

var patterns = sync.OnceValue(func() []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, s := range vocabulary {
		all = append(all, regexp.MustCompile(s.pattern))
	}
	return all
})

// ownerOf returns the address of the requirement that owns a Given, "" when
// nobody does.
func ownerOf(text string) string {
	for i, pattern := range patterns() {
		if pattern.MatchString(text) {
			return vocabulary[i].owner
		}
	}
	return ""
}

// levels sorts cases so that the owner of each Given is played before whoever
// states it: the first level has no Given that a selected scenario owns. Within a
// level the order does not matter.
func levels(cases []features.Case) [][]features.Case {
	owners := map[string][]string{}
	for _, c := range cases {
		for _, step := range c.Steps {
			if owner := ownerOf(step.Text); step.Kind == features.Given && owner != "" && owner != c.Req {
				owners[c.Req] = append(owners[c.Req], owner)
			}
		}
	}
	depth := map[string]int{}
	var depthOf func(req string, seen []string) int
	depthOf = func(req string, seen []string) int {
		if d, known := depth[req]; known || slices.Contains(seen, req) {
			return d
		}
		deepest := 0
		for _, owner := range owners[req] {
			deepest = max(deepest, 1+depthOf(owner, append(seen, req)))
		}
		depth[req] = deepest
		return deepest
	}
	var sorted [][]features.Case
	for _, c := range cases {
		d := depthOf(c.Req, nil)
		for len(sorted) <= d {
			sorted = append(sorted, nil)
		}
		sorted[d] = append(sorted[d], c)
	}
	return slices.DeleteFunc(sorted, func(level []features.Case) bool { return len(level) == 0 })
}
