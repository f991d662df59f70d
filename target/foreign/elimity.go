// Package foreign holds SCIM servers built on libraries that nobody here
// wrote. Each is what an ordinary user of that library would build by
// following its documentation, and is never bent towards our own suite: where
// the suite blames one, somebody opens the RFC and decides who is right.
//
// It is a module of its own, so that these libraries stay out of the product.
// [Elimity] is the first.
package foreign

import (
	"crypto/rand"
	"net/http"
	"time"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
)

// Elimity returns a fresh and empty SCIM service provider on
// github.com/elimity-com/scim. It keeps users and groups in memory and answers
// only requests that carry token as a bearer token. Its endpoints stand at the
// root and, as the library has it, also below /v2.
func Elimity(token string) http.Handler {
	return elimity(token, time.Now, rand.Text)
}

func elimity(token string, now func() time.Time, newID func() string) http.Handler {
	server, err := scim.NewServer(&scim.ServerArgs{
		ServiceProviderConfig: &scim.ServiceProviderConfig{
			AuthenticationSchemes: []scim.AuthenticationScheme{{
				Type:        scim.AuthenticationTypeOauthBearerToken,
				Name:        "Bearer token",
				Description: "A token in the Authorization header",
				Primary:     true,
			}},
			MaxResults:       100,
			SupportFiltering: true,
			SupportPatch:     true,
		},
		ResourceTypes: []scim.ResourceType{
			users(now, newID),
			groups(now, newID),
		},
	})
	if err != nil {
		panic(err) // only for absent arguments, and these are constants
	}
	return requireBearer(token, server)
}

func users(now func() time.Time, newID func() string) scim.ResourceType {
	core, enterprise := schema.CoreUserSchema(), schema.ExtensionEnterpriseUser()
	return scim.ResourceType{
		ID:               optional.NewString("User"),
		Name:             "User",
		Endpoint:         "/Users",
		Description:      optional.NewString("User Account"),
		Schema:           core,
		SchemaExtensions: []scim.SchemaExtension{{Schema: enterprise}},
		Handler:          newStore(shape{core, []schema.Schema{enterprise}}, now, newID),
	}
}

func groups(now func() time.Time, newID func() string) scim.ResourceType {
	core := schema.CoreGroupSchema()
	return scim.ResourceType{
		ID:          optional.NewString("Group"),
		Name:        "Group",
		Endpoint:    "/Groups",
		Description: optional.NewString("Group"),
		Schema:      core,
		Handler:     newStore(shape{core: core}, now, newID),
	}
}
