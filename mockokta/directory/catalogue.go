package directory

// Keys of catalogue applications. The first two are Okta's own, as users of its
// API report them; that of a published integration is not in any source, so the
// mock has one of its own for all of them.
const (
	HeaderAuth = "scim2headerauth"     // SCIM 2.0 Test App (Header Auth): the token is the whole header
	BasicAuth  = "scim2testapp_basic"  // SCIM 2.0 Test App (Basic Auth): the token is user:password
	TokenAuth  = "mockokta_scim2token" // an integration with an API token: Okta writes Bearer before it
)

func inCatalogue(key string) bool { return key == HeaderAuth || key == BasicAuth || key == TokenAuth }
