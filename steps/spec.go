package steps

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// specSteps ask what Okta's SPEC test asks, by the suite's own hand.
var specSteps = []sentence{
	{`^Okta's test asks for an account that is not there$`, "", func(w *world) any { return w.testAsksForNobody }},
	{`^Okta's test looks (\w+) up( in capitals)?$`, "", func(w *world) any { return w.testLooksUp }},
	{`^Okta's test makes an account for (\w+) in (.+)$`, "", func(w *world) any { return w.testMakes }},
	{`^Okta's test comes (with a wrong|without a) token$`, "", func(w *world) any { return w.testComes }},
	{`^Okta's test asks for one account$`, "", func(w *world) any { return w.testLists }},
	{`^it is answered with a list, and somebody on it$`, "", func(w *world) any { return w.answeredWithList }},
	{`^it finds (\w+)$`, "", func(w *world) any { return w.testFinds }},
	{`^it is answered with (\w+)'s new account$`, "", func(w *world) any { return w.answeredWithNew }},
	{`^it is answered with (\d+) and a SCIM error$`, "", func(w *world) any { return w.answeredWithError }},
	{`^the error says what is wrong$`, "", func(w *world) any { return w.errorSaysWhy }},
}

// Schemas of messages (RFC 7644, sections 3.4.2 and 3.12).
const (
	listSchema  = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error"
)

// asTest are eyes with the headers of Okta's SPEC test (documented): its GETs bear a
// Content-Type, and its POSTs another Accept and no User-Agent.
func (w *world) asTest() target.Eyes {
	eyes := w.hand
	eyes.Header = http.Header{
		"Accept": {"application/scim+json"}, "Accept-Charset": {"utf-8"}, "User-Agent": {"OKTA SCIM Integration"},
		"Content-Type": {"application/scim+json; charset=utf-8"},
	}
	return eyes
}

func (w *world) asTestPosting(mediaType string) target.Eyes {
	eyes := w.hand
	eyes.Header = http.Header{"Accept": {"application/scim+json; charset=utf-8"}, "User-Agent": {""}, "Content-Type": {mediaType}}
	return eyes
}

// hear keeps an answer for the sentences that follow.
func (w *world) hear(look target.Look, err error) error {
	w.heard = look
	return err
}

// testAsksForNobody asks for an id of the test's form: thirty digits.
func (w *world) testAsksForNobody(ctx context.Context) error {
	if err := w.remember(ctx); err != nil {
		return err
	}
	return w.hear(w.asTest().User(ctx, "011010011100101101000111010011"))
}

// testLists asks what step 1 of the test asks.
func (w *world) testLists(ctx context.Context) error {
	if err := w.remember(ctx); err != nil {
		return err
	}
	return w.hear(w.asTest().Page(ctx, 1, 1))
}

// answeredWithList wants what the test does of a list: its schema, its three numbers, and
// somebody among its Resources; who that is, others decide who were there before.
//
// The RFC asks for less. Names of attributes have no letter case (RFC 7643, section 2.1),
// and Okta's own client takes "resources" too (documented); a list that is whole needs
// startIndex and itemsPerPage no more (RFC 7644, section 3.4.2). Such a list fails the
// test, and nothing else: it warns at a server of somebody's.
func (w *world) answeredWithList(context.Context) error {
	const what = "the answer to a list"
	if !w.heard.OK() {
		return w.mismatch(what, "200, with a list", w.heard.String(), w.last())
	}
	entries, total, err := w.heard.Entries()
	if err != nil {
		return w.mismatch(what, "a list with its numbers", err.Error(), w.last())
	}
	if len(entries) == 0 {
		return w.mismatch(what, "somebody on it", fmt.Sprintf("nobody, with totalResults %d", total), w.last())
	}
	if !w.heard.Resource.Lists(listSchema) {
		return w.mismatch("the schemas of the list", "a list with "+listSchema+" (RFC 7644, section 3.4.2)", target.Show(w.heard.Resource.Get("schemas")), w.last())
	}
	page, err := w.heard.Page()
	if err != nil {
		return w.mismatch(what, "a list with its numbers", err.Error(), w.last())
	}
	if page.Start == nil || page.Items == nil {
		m := w.mismatch("startIndex and itemsPerPage of the list", "both, as numbers", "at most one of them", w.last())
		if len(entries) < total {
			return m
		}
		return w.beyondRFC(m)
	}
	if name, _ := w.heard.ListedAs(); name != "Resources" {
		return w.beyondRFC(w.mismatch("the name of the list's resources", `"Resources"`, quoted(name), w.last()))
	}
	return nil
}

func (w *world) testLooksUp(ctx context.Context, label, capitals string) error {
	if err := w.remember(ctx); err != nil {
		return err
	}
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	userName := p.userName
	if w.capitals = capitals != ""; w.capitals {
		userName = strings.ToUpper(userName)
	}
	return w.hear(w.asTest().LookUp(w.about(ctx, p), userName))
}

// testMakes posts what step 6 of the test posts. A server of somebody's that cannot
// do without more, such as a password, is free to say so (RFC 7644, section 3.12,
// invalidValue), and works with Okta, which sends more: it fails Okta's test, and
// this warns.
func (w *world) testMakes(ctx context.Context, label, how string) error {
	if err := w.remember(ctx); err != nil {
		return err
	}
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	userName, mediaType := p.userName, how
	if w.capitals = how == "capitals"; w.capitals {
		userName, mediaType = strings.ToUpper(userName), "application/json"
	}
	err = w.hear(w.asTestPosting(mediaType).PostUser(w.about(ctx, p), target.Resource{
		"schemas":     []string{coreSchema},
		"userName":    userName,
		"name":        map[string]any{"givenName": p.givenName, "familyName": p.familyName},
		"emails":      []any{map[string]any{"primary": true, "value": p.email, "type": "work"}},
		"displayName": p.display,
		"active":      true,
	}))
	if err != nil {
		return err
	}
	if s := w.heard.Status; !w.run.config.Target.Ours && (s == http.StatusBadRequest || s == http.StatusUnprocessableEntity) {
		return &gap{warns: true, why: fmt.Sprintf(
			"the target refuses an account without externalId, groups and password (exchange %d): Okta sends all three, and Okta's own test none of them", w.last())}
	}
	if p.id == "" {
		p.id = w.heard.Resource.ID()
	}
	return nil
}

const coreSchema = "urn:ietf:params:scim:schemas:core:2.0:User"

// testComes asks with another token than the target's, or with none. Where something
// else tells the target who asks, the token does not matter.
func (w *world) testComes(ctx context.Context, how string) error {
	if err := w.remember(ctx); err != nil {
		return err
	}
	if !w.knowsByToken() {
		return &gap{why: "the target knows Okta by something else than a token"}
	}
	eyes := w.asTest()
	eyes.Header["Authorization"] = []string{"non-token"}
	if how == "without a" {
		eyes.Header["Authorization"] = nil
	}
	return w.hear(eyes.LookUp(ctx, "abcdefgh@atko.com"))
}

// knowsByToken says whether it is the token by which the target knows who asks.
func (w *world) knowsByToken() bool {
	tg := w.run.config.Target
	return len(tg.Header) == 0 && (tg.TLS == nil || len(tg.TLS.Certificates) == 0) && w.endpoint.Token != ""
}

// testFinds wants 200, whatever is found (RFC 7644, section 3.4.2; the test). That
// userName is the same in any letter case stands in the RFC's schema alone, from which
// a server may differ: where it finds nobody by capitals, this warns at a server of
// somebody's. So does null for the Resources of an empty list: it is the same as none
// (RFC 7643, section 2.5), which the RFC allows there, and clients that expect an array
// have stumbled over it (observed: elimity-com/scim, commit 3c6fb1e).
func (w *world) testFinds(ctx context.Context, label string) error {
	want := "200, with totalResults 0"
	if label != "nobody" {
		want = "200, with " + label + "'s account"
	}
	got := w.heard.String()
	if w.heard.Status == http.StatusOK {
		entries, total, err := w.heard.Entries()
		switch {
		case err != nil:
			got = err.Error()
		case label == "nobody" && total == 0 && len(entries) == 0:
			if _, null := w.heard.ListedAs(); null {
				return w.beyondRFC(w.mismatch("the Resources of an empty list", "[]", "null", w.last()))
			}
			return nil
		case label != "nobody" && len(entries) == 1 && entries[0].ID() == w.people[label].id:
			return nil
		default:
			got = fmt.Sprintf("a list of %s, with totalResults %d", counted(len(entries)), total)
		}
		if m := w.mismatch("the answer to the lookup", want, got, w.last()); label != "nobody" && err == nil && total == 0 {
			return w.beyondRFC(m)
		}
	}
	return w.mismatch("the answer to the lookup", want, got, w.last())
}

// beyondRFC is a deviation from what Okta's test wants and no RFC does: at a server
// of somebody's it warns.
func (w *world) beyondRFC(m *evidence.Mismatch) error {
	if w.run.config.Target.Ours {
		return m
	}
	w.warn(m)
	return nil
}

// answeredWithNew compares the answer as the test does, letter for letter.
func (w *world) answeredWithNew(_ context.Context, label string) error {
	p, got := w.people[label], w.heard.Resource
	if w.heard.Status != http.StatusCreated || got == nil {
		return w.mismatch("the answer to the create", "201, with the account", w.heard.String(), w.last())
	}
	if active, _ := got.Active(); !active {
		return w.mismatch("active in the answer to the create", "true", target.Show(got.Get("active")), w.last())
	}
	if !got.Lists(coreSchema) {
		return w.mismatch("the schemas in the answer to the create", "a list with "+coreSchema, target.Show(got.Get("schemas")), w.last())
	}
	for _, c := range []struct{ what, want, got string }{
		{"the username", p.userName, got.Text("userName")},
		{"the first name", p.givenName, got.Text("name", "givenName")},
		{"the last name", p.familyName, got.Text("name", "familyName")},
	} {
		if c.want != c.got {
			return w.mismatch(c.what+" in the answer to the create", quoted(c.want), quoted(c.got), w.last())
		}
	}
	if p.id == "" {
		return w.mismatch("the id in the answer to the create", "a string", target.Show(got.Get("id")), w.last())
	}
	return nil
}

// answeredWithError wants the error of RFC 7644, section 3.12, under the HTTP status.
// Where a server of somebody's takes a username for another in other letters, a second
// account in capitals warns: see testFinds.
func (w *world) answeredWithError(_ context.Context, status string) error {
	want := "HTTP status " + status
	if got := w.heard.String(); strconv.Itoa(w.heard.Status) != status {
		m := w.mismatch("the answer", want, got, w.last())
		if w.heard.OK() && w.capitals {
			return w.beyondRFC(m)
		}
		return m
	}
	switch problem := w.heard.Problem; {
	case problem == nil:
		return w.mismatch("the body beside "+want, "a SCIM error (RFC 7644, section 3.12)", "no JSON object", w.last())
	case !problem.Lists(errorSchema):
		return w.mismatch("the schemas of the error", "a list with "+errorSchema+" (RFC 7644, section 3.12)", target.Show(problem.Get("schemas")), w.last())
	case problem.Get("status") != status:
		return w.mismatch("the status in the error", strconv.Quote(status)+", a string (RFC 7644, section 3.12)", target.Show(problem.Get("status")), w.last())
	}
	return nil
}

// errorSaysWhy: detail is optional (RFC 7644, section 3.12), Okta's test wants it, and
// Okta shows "null" to its administrator where it is missing.
func (w *world) errorSaysWhy(context.Context) error {
	if strings.TrimSpace(w.heard.Problem.Text("detail")) != "" {
		return nil
	}
	return w.beyondRFC(w.mismatch("the error's detail", "words that say what is wrong", target.Show(w.heard.Problem.Get("detail")), w.last()))
}
