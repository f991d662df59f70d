package directory

// Keys of catalogue applications. The first two are Okta's own, as users of its
// API report them; that of a published integration is not in any source, so the
// mock has keys of its own for the others.
const (
	HeaderAuth = "scim2headerauth"     // SCIM 2.0 Test App (Header Auth): the token is the whole header
	BasicAuth  = "scim2testapp_basic"  // SCIM 2.0 Test App (Basic Auth): the token is user:password
	TokenAuth  = "mockokta_scim2token" // an integration with an API token: Okta writes Bearer before it
	// Immuta stands in for the provider's entry of Okta's catalogue: the same as
	// TokenAuth, with the sign-on settings that the provider's page has.
	Immuta = "mockokta_immuta"
)

// A Template is an application of the catalogue.
type Template struct {
	Key  string
	Name string // as the catalogue shows it, and the label that a new application is offered
	// Note says what of it is not Okta's, in a sentence; empty where Key and Name are.
	Note string
	// SignOn says that there are Advanced Sign-on Settings to fill in; see
	// [SignOnSettings].
	SignOn bool
}

const (
	ownKey = "The key and the name of this catalogue application are the mock's own: those of a published integration are in no source."
	ownApp = "This catalogue application is the mock's own and stands in for the provider's: its key, its name and the keys of its sign-on settings are not Okta's."
)

// Catalogue returns the applications that can be made from a template. Each signs
// people on by SAML and has provisioning by SCIM 2.0, with credentials in a header.
// That the provider's is so is documented (provider's page, Browse App Catalog;
// Okta, SCIM 2.0 reference); the rest of the last two is the mock's.
func Catalogue() []Template {
	return []Template{
		{Key: HeaderAuth, Name: "SCIM 2.0 Test App (Header Auth)"},
		{Key: BasicAuth, Name: "SCIM 2.0 Test App (Basic Auth)"},
		{Key: TokenAuth, Name: "SCIM 2.0 with an API token", Note: ownKey},
		{Key: Immuta, Name: "Immuta", Note: ownApp, SignOn: true},
	}
}

// Template is the catalogue application that an application was made from; the
// zero Template for a custom one.
func (a App) Template() Template {
	t, _ := template(a.Catalogue)
	return t
}

func template(key string) (Template, bool) {
	for _, t := range Catalogue() {
		if t.Key == key {
			return t, true
		}
	}
	return Template{}, false
}
