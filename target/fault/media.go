package fault

import (
	"net/http"
	"strings"
)

// Mistakes in the negotiation of media types (RFC 7644, section 3.1 and 3.8).
var mediaFaults = []Fault{
	{
		Name: "refuses-scim-json",
		What: "a body in application/scim+json is refused: the JSON parser is bound to application/json",
		Seen: "F45: koajs/bodyparser PR #151, better-auth/better-auth PR #6365, medplum PR #4143",
		wrap: refusesBody(func(mediaType string) bool { return strings.HasPrefix(mediaType, "application/scim+json") }),
	},
	{
		Name: "refuses-plain-json",
		What: "a body in application/json is refused",
		Seen: "F46: indigo-iam/iam #1285",
		wrap: refusesBody(func(mediaType string) bool { return strings.HasPrefix(mediaType, "application/json") }),
	},
	{
		Name: "charset-breaks-media-type",
		What: "a body whose media type has a parameter is refused: the whole header is compared",
		Seen: "F48: RIPAGlobal/scimitar 2.4.2, changelog",
		wrap: refusesBody(func(mediaType string) bool { return strings.Contains(mediaType, ";") }),
	},
	{
		Name: "not-acceptable",
		What: "whoever accepts application/scim+json is answered with 406",
		Seen: "F47: wso2/product-is #3374, Okta's support",
		wrap: faulty(func(c *call) *answer {
			if strings.Contains(c.r.Header.Get("Accept"), "application/scim+json") {
				return refuse(http.StatusNotAcceptable, "", "the media type cannot be produced")
			}
			return c.pass()
		}),
	},
	{
		Name: "get-needs-content-type",
		What: "a GET without a Content-Type is refused",
		Seen: "F49: RIPAGlobal/scimitar 2.0.2, changelog",
		wrap: faulty(func(c *call) *answer {
			if c.method == http.MethodGet && c.r.Header.Get("Content-Type") == "" {
				return refuse(http.StatusUnsupportedMediaType, "", "a Content-Type is needed")
			}
			return c.pass()
		}),
	},
}

// refusesBody is a mistake about the media type of what is sent.
func refusesBody(wrong func(mediaType string) bool) func(*server) http.HandlerFunc {
	return faulty(func(c *call) *answer {
		if len(c.raw) > 0 && wrong(strings.ToLower(c.r.Header.Get("Content-Type"))) {
			return refuse(http.StatusUnsupportedMediaType, "", "this media type is not read")
		}
		return c.pass()
	})
}
