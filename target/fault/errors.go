package fault

import (
	"encoding/json"
	"net/http"
)

// Mistakes in saying no. None of them changes what a server does.
var errorFaults = []Fault{
	{
		Name: "errors-wrapped",
		What: "the SCIM error is a member of another object",
		Seen: "F18: simpleidserver/SimpleIdServer #227, wireapp/wire-server #5434",
		wrap: refusals(func(a *answer) {
			if a.body != nil {
				a.body = object{"error": a.body}
			}
		}),
	},
	{
		Name: "errors-as-text",
		What: "an error is plain text",
		Seen: "F19: Metatavu/keycloak-scim-server PR #114",
		wrap: refusals(func(a *answer) {
			a.body, a.raw = nil, []byte(http.StatusText(a.status))
			a.header.Set("Content-Type", "text/plain; charset=utf-8")
		}),
	},
	{
		Name: "errors-without-detail",
		What: "an error has a status and nothing that says why",
		Seen: "F78: ory/polis PR #4067",
		wrap: refusals(func(a *answer) {
			delete(a.body, "detail")
			delete(a.body, "scimType")
		}),
	},
	{
		Name: "error-status-as-number",
		What: "the status in an error is a number",
		Seen: "the class of F82: a type that is another; a sample of Okta's SCIM 2.0 reference prints it so",
		wrap: refusals(func(a *answer) {
			if text, ok := a.body["status"].(string); ok {
				a.body["status"] = json.Number(text)
			}
		}),
	},
	{
		Name: "unauthorized-without-body",
		What: "401 is answered by the framework, without a body",
		Seen: "F20: onyx-dot-app/onyx PR #8925, getsentry/sentry PR #45484",
		wrap: refusals(func(a *answer) {
			if a.status == http.StatusUnauthorized {
				a.strip()
			}
		}),
	},
	{
		Name: "bad-token-breaks",
		What: "a credential that is missing or wrong is answered with 500",
		Seen: "F21: PostHog/posthog PR #42205",
		wrap: refusals(func(a *answer) {
			if a.status == http.StatusUnauthorized {
				*a = *refuse(http.StatusInternalServerError, "", "cannot read property of undefined")
			}
		}),
	},
	{
		Name: "not-found-without-body",
		What: "404 is answered without a body",
		Seen: "F22: ory/polis 2992f36e8",
		wrap: refusals(func(a *answer) {
			if a.status == http.StatusNotFound {
				a.strip()
			}
		}),
	},
	{
		Name: "conflict-breaks",
		What: "a create that conflicts is answered with 500",
		Seen: "F24 and F77: onyx-dot-app/onyx PR #12966, lightdash/lightdash PR #24455",
		wrap: refusals(func(a *answer) {
			if a.status == http.StatusConflict {
				*a = *refuse(http.StatusInternalServerError, "", "duplicate key value violates unique constraint")
			}
		}),
	},
}

// refusals makes a handler of a mistake that shows in errors only.
func refusals(spoil func(*answer)) func(*server) http.HandlerFunc {
	return answers(func(_ *call, a *answer) {
		if a.status >= http.StatusBadRequest {
			spoil(a)
		}
	})
}

// strip takes the body away.
func (a *answer) strip() {
	a.body, a.raw = nil, nil
	a.header.Del("Content-Type")
}
