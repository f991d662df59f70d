package foreign

import (
	"strings"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/schema"
	"github.com/scim2/filter-parser/v2"
)

// A shape says what a resource of one type may hold.
type shape struct {
	core       schema.Schema
	extensions []schema.Schema
}

// externalID is common to all resource types (RFC 7643, section 3.1). The
// library knows it when it checks a request; its schemas do not list it.
var externalID = schema.SimpleCoreAttribute(schema.SimpleStringParams(schema.StringParams{
	Name:      schema.CommonAttributeExternalID,
	CaseExact: true,
}))

// find returns the attribute that a path names, and the URN of the extension
// whose object holds it; the URN is empty for an attribute of the resource
// itself.
func (s shape) find(path filter.AttributePath) (urn string, attr schema.CoreAttribute, err error) {
	if uri := path.URI(); uri == "" || uri == s.core.ID {
		if attr, ok := s.core.Attributes.ContainsAttribute(path.AttributeName); ok {
			return "", attr, nil
		}
		if strings.EqualFold(path.AttributeName, externalID.Name()) {
			return "", externalID, nil
		}
	}
	for _, e := range s.extensions {
		if path.URI() != e.ID {
			continue
		}
		if attr, ok := e.Attributes.ContainsAttribute(path.AttributeName); ok {
			return e.ID, attr, nil
		}
	}
	return "", schema.CoreAttribute{}, errors.ScimErrorInvalidPath
}

// tidy takes out what is not to be kept: what is unassigned (null and the
// empty list say so too: RFC 7643, section 2.5) and what is never returned,
// which here is the password, as nobody logs in at this server.
func (s shape) tidy(attributes scim.ResourceAttributes) {
	for _, attr := range s.core.Attributes {
		if attr.Returned() == "never" {
			delete(attributes, attr.Name())
		}
	}
	for name, value := range attributes {
		if unassigned(value) {
			delete(attributes, name)
		}
	}
}

// complete refuses a resource that lacks a required attribute. The library
// sees to that for POST and PUT; after a PATCH it is the store's to say
// (RFC 7644, section 3.5.2.2).
func (s shape) complete(attributes scim.ResourceAttributes) error {
	for _, attr := range s.core.Attributes {
		if attr.Required() && unassigned(attributes[attr.Name()]) {
			return errors.ScimErrorMutability
		}
	}
	return nil
}

func unassigned(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
