package refserver

import (
	"net/http"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
)

const (
	configSchema       = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	resourceTypeSchema = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	schemaSchema       = "urn:ietf:params:scim:schemas:core:2.0:Schema"
)

// discover answers what the server says of itself (RFC 7644, section 4; RFC 7643,
// sections 5 to 7). Okta does not ask (documented).
func (c *call) discover(path []string) (answer, error) {
	known := path[0] == "ServiceProviderConfig" || path[0] == "ResourceTypes" || path[0] == "Schemas"
	if !known || len(path) > 2 || len(path) == 2 && path[0] == "ServiceProviderConfig" {
		return answer{}, notFound("there is nothing at this address")
	}
	if c.Method != http.MethodGet && c.Method != http.MethodHead {
		return answer{}, c.notAllowed()
	}
	if p, err := c.parameters(); err != nil {
		return answer{}, err
	} else if _, ok := p["filter"]; ok {
		return answer{}, problemf(http.StatusForbidden, "", "what the server says of itself cannot be filtered")
	}
	if path[0] == "ServiceProviderConfig" {
		return answer{status: http.StatusOK, body: c.providerConfig()}, nil
	}
	all, name := c.schemas(), "id"
	if path[0] == "ResourceTypes" {
		all, name = c.resourceTypes(), "name"
	}
	if len(path) == 1 {
		n := integer(len(all))
		return answer{status: http.StatusOK, body: object(
			"schemas", resource.List{listSchema}, "totalResults", n, "startIndex", integer(1), "itemsPerPage", n, "Resources", all)}, nil
	}
	for _, one := range all {
		if o := one.(*resource.Object); strings.EqualFold(o.Text(name), path[1]) {
			return answer{status: http.StatusOK, body: o}, nil
		}
	}
	return answer{}, notFound("there is no %s of that name", strings.TrimSuffix(path[0], "s"))
}

func (c *call) providerConfig() *resource.Object {
	supported := func(yes bool) *resource.Object { return object("supported", yes) }
	return object(
		"schemas", resource.List{configSchema},
		"patch", supported(true),
		"bulk", object("supported", false, "maxOperations", integer(0), "maxPayloadSize", integer(0)),
		"filter", object("supported", true, "maxResults", integer(maxResults)),
		"changePassword", supported(false),
		"sort", supported(false),
		"etag", supported(false),
		"authenticationSchemes", resource.List{object(
			"type", "oauthbearertoken",
			"name", "Key of the IAM",
			"description", "The IAM's SCIM key as a bearer token in the Authorization header.",
			"primary", true,
		)},
		"meta", object("resourceType", "ServiceProviderConfig", "location", c.base+"/ServiceProviderConfig"),
	)
}

func (c *call) resourceTypes() resource.List {
	var list resource.List
	for _, t := range []schema.Type{schema.Users, schema.Groups} {
		r := object(
			"schemas", resource.List{resourceTypeSchema},
			"id", t.Name,
			"name", t.Name,
			"description", t.Base.Description,
			"endpoint", t.Endpoint,
			"schema", t.Base.ID,
		)
		extensions := resource.List{}
		for _, s := range t.Extensions {
			extensions = append(extensions, object("schema", s.ID, "required", false))
		}
		r.Set("schemaExtensions", extensions)
		r.Set("meta", object("resourceType", "ResourceType", "location", c.base+"/ResourceTypes/"+t.Name))
		list = append(list, r)
	}
	return list
}

func (c *call) schemas() resource.List {
	var list resource.List
	for _, t := range []schema.Type{schema.Users, schema.Groups} {
		for _, s := range append([]schema.Schema{t.Base}, t.Extensions...) {
			list = append(list, object(
				"schemas", resource.List{schemaSchema},
				"id", s.ID,
				"name", s.Name,
				"description", s.Description,
				"attributes", describe(s.Attributes),
				"meta", object("resourceType", "Schema", "location", c.base+"/Schemas/"+s.ID),
			))
		}
	}
	return list
}

func describe(attributes []schema.Attribute) resource.List {
	list := resource.List{}
	for _, a := range attributes {
		d := object(
			"name", a.Name,
			"type", a.Type,
			"multiValued", a.MultiValued,
			"description", a.Description,
			"required", a.Required,
			"caseExact", a.CaseExact,
			"mutability", or(a.Mutability, schema.ReadWrite),
			"returned", or(a.Returned, "default"),
			"uniqueness", or(a.Uniqueness, "none"),
		)
		if len(a.Canonical) > 0 {
			d.Set("canonicalValues", texts(a.Canonical))
		}
		if len(a.Refers) > 0 {
			d.Set("referenceTypes", texts(a.Refers))
		}
		if len(a.Sub) > 0 {
			d.Set("subAttributes", describe(a.Sub))
		}
		list = append(list, d)
	}
	return list
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func texts(s []string) resource.List {
	list := make(resource.List, len(s))
	for i, t := range s {
		list[i] = t
	}
	return list
}
