// Package schema says which attributes users and groups have, and what may be
// done with each (RFC 7643, sections 4 and 7).
//
// What it does not know is not forbidden: the reference server keeps attributes
// and extensions that it has never heard of, so that nothing which Okta sends is
// lost. Of those it has heard of it checks the type.
package schema

import (
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

// Schema URNs of RFC 7643, and the reference server's own extension.
const (
	User           = "urn:ietf:params:scim:schemas:core:2.0:User"
	Group          = "urn:ietf:params:scim:schemas:core:2.0:Group"
	EnterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	Refserver      = "urn:scimproof:params:scim:schemas:extension:refserver:2.0:User"
)

// Characteristics of an attribute, by RFC 7643, section 7.
const (
	String    = "string"
	Boolean   = "boolean"
	Integer   = "integer"
	DateTime  = "dateTime"
	Binary    = "binary"
	Reference = "reference"
	Complex   = "complex"

	ReadWrite = "readWrite"
	ReadOnly  = "readOnly"
	Immutable = "immutable"
	WriteOnly = "writeOnly"
)

// An Attribute is the definition of one. Empty strings stand for the defaults of
// RFC 7643, section 2.2: readWrite, returned by default, not unique.
type Attribute struct {
	Name        string
	Type        string
	Description string
	MultiValued bool
	Required    bool
	CaseExact   bool
	Mutability  string
	Returned    string // "always", "never" or "" for default
	Uniqueness  string // "server" or "" for none
	Canonical   []string
	Refers      []string // what a reference may point to
	Sub         []Attribute
}

// Find returns a sub-attribute's definition, so that the filter between the
// brackets of a value path can be read against one element.
func (a Attribute) Find(n resource.Attr) (Attribute, bool) {
	if n.URN != "" || n.Sub != "" {
		return Attribute{}, false
	}
	return find(a.Sub, n.Name)
}

// A Schema is a named set of attributes.
type Schema struct {
	ID          string
	Name        string
	Description string
	Attributes  []Attribute
}

// A Type is a kind of resource: a base schema and its known extensions.
type Type struct {
	Name       string // "User"
	Endpoint   string // "/Users"
	Base       Schema
	Extensions []Schema
}

// Users and Groups are the two types of the reference server.
var (
	Users  = Type{Name: "User", Endpoint: "/Users", Base: userSchema, Extensions: []Schema{enterpriseSchema, refserverSchema}}
	Groups = Type{Name: "Group", Endpoint: "/Groups", Base: groupSchema}
)

// Resolve settles what attribute notation leaves open: a prefix with the base
// schema is dropped, and a URN that is a known extension, or one that r has, is
// that extension and not an attribute of a shorter one.
func (t Type) Resolve(a resource.Attr, r *resource.Object) resource.Attr {
	if a.URN == "" {
		return a
	}
	if a.Sub == "" && a.Name != "" {
		whole := a.URN + ":" + a.Name
		if _, there := r.Lookup(whole); there || t.Knows(whole) {
			return resource.Attr{URN: whole}
		}
	}
	if a.Name != "" && strings.EqualFold(a.URN, t.Base.ID) {
		a.URN = ""
	}
	return a
}

// Knows says whether a URN is the base schema or a known extension.
func (t Type) Knows(urn string) bool {
	_, ok := t.Extension(urn)
	return ok || strings.EqualFold(urn, t.Base.ID)
}

// Extension returns a known extension by its URN, whatever its letter case.
func (t Type) Extension(urn string) (Schema, bool) {
	for _, s := range t.Extensions {
		if strings.EqualFold(s.ID, urn) {
			return s, true
		}
	}
	return Schema{}, false
}

// Find returns the definition of an attribute that Resolve has settled, also of
// the common ones (RFC 7643, section 3.1), which no schema lists.
func (t Type) Find(a resource.Attr) (Attribute, bool) {
	var found Attribute
	var ok bool
	if a.URN == "" {
		if found, ok = find(t.Base.Attributes, a.Name); !ok {
			found, ok = find(common, a.Name)
		}
	} else if s, known := t.Extension(a.URN); known {
		if a.Name == "" {
			return s.whole(), true
		}
		found, ok = find(s.Attributes, a.Name)
	}
	if ok && a.Sub != "" {
		return find(found.Sub, a.Sub)
	}
	return found, ok
}

// whole is an extension as one complex attribute, which is readOnly when all of
// it is.
func (s Schema) whole() Attribute {
	mutability := ReadOnly
	for _, a := range s.Attributes {
		if a.Mutability != ReadOnly {
			mutability = ReadWrite
		}
	}
	return Attribute{Name: s.ID, Type: Complex, Mutability: mutability, Sub: s.Attributes}
}

func find(among []Attribute, name string) (Attribute, bool) {
	for _, a := range among {
		if strings.EqualFold(a.Name, name) {
			return a, true
		}
	}
	return Attribute{}, false
}
