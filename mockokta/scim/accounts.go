package scim

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// FindUser looks an account up by its userName. The attribute is always
// userName, whatever of the person is mapped to it (documented).
func FindUser(userName string, plusForSpace bool) Request {
	return find("/Users", "userName", userName, plusForSpace)
}

// ListUsers asks for a page of accounts, counted from 1. The connection test
// asks for two (observed), an import for a hundred (documented).
func ListUsers(startIndex, count int) Request { return list("/Users", startIndex, count) }

// GetUser reads an account before it is changed.
//
// Source: Okta SCIM 2.0 reference, Update Users (documented).
func GetUser(id string) Request { return Request{Method: http.MethodGet, Path: at("/Users", id)} }

// CreateUser makes an account. Its groups are always an empty array, and an
// extension is named among the schemas only when something of it is sent.
//
// Source: Okta SCIM 2.0 reference, Create Users (documented); log of a real org
// (observed). The order of keys: see [order].
func CreateUser(u User) Request {
	o := u.profile().over(nil).
		with("groups", array{}).
		with("active", jsontext.Value("true")).
		with("schemas", array{text(UserSchema)})
	if u.Password != "" {
		o = o.with("password", text(u.Password))
	}
	o = declare(o, u.extensions())
	return Request{Method: http.MethodPost, Path: "/Users", Body: compact(postOrder.apply(o, u))}
}

// ReplaceUser pushes a profile: what GET returned, with what Okta maps laid over
// it.
//
// That members unknown to Okta are kept and echoed is observed (request dumps of
// a real org). That groups are those of the answer, else an empty array, is
// inference from one of them.
func ReplaceUser(id string, base Resource, u User) Request {
	return putUser(id, overlaid(base, u), u)
}

// LinkUser takes over an account that the target already has, where no PATCH is
// known: a profile push that also makes it active.
//
// Source: request dump of a real org (observed: 607 bytes, closed to the byte).
func LinkUser(id string, base Resource, u User) Request {
	return putUser(id, overlaid(base, u).with("active", jsontext.Value("true")), u)
}

// DeactivateUser disables an account where no PATCH is known: what GET returned,
// with active false and nothing else changed.
//
// Source: request dump of a real org (observed: 579 bytes, closed to the byte).
func DeactivateUser(id string, base Resource) Request {
	return putUser(id, base.members.with("active", jsontext.Value("false")), User{})
}

// SetActive activates or deactivates an account by PATCH: no path, and an object
// for a value.
//
// Source: Okta SCIM 2.0 reference (documented). Deactivation has the 118 bytes
// that Okta's page of 2018 shows.
func SetActive(id string, active bool) Request {
	value := jsontext.Value("false")
	if active {
		value = jsontext.Value("true")
	}
	return patch(at("/Users", id), operation("replace", "", object{{"active", value}}))
}

func putUser(id string, o object, u User) Request {
	return Request{Method: http.MethodPut, Path: at("/Users", id), Body: compact(putOrder.apply(o, u))}
}

// overlaid is base with u's profile laid over it.
func overlaid(base Resource, u User) object {
	o := u.profile().over(respelt(base.members, u))
	if isNull(o.get("groups")) {
		o = o.with("groups", array{})
	}
	return declare(o, u.extensions())
}

// respelt returns o with the URNs of extensions, and the attributes that Okta
// maps in them, as Okta spells them. Both are compared without regard to case
// (RFC 8141, section 3.1; RFC 7643, section 2.1); that Okta does so is inference,
// and spares a server that spells them otherwise a second copy.
func respelt(o object, u User) object {
	o = slices.Clone(o)
	for _, urn := range u.extensions() {
		for i := range o {
			if strings.EqualFold(o[i].name, urn) {
				o[i] = member{urn, respeltBlock(o[i].value, u.mappedIn(urn))}
			}
		}
	}
	return o
}

func respeltBlock(v any, names []string) any {
	block, ok := v.(object)
	if !ok {
		return v
	}
	block = slices.Clone(block)
	for i := range block {
		for _, name := range names {
			if strings.EqualFold(block[i].name, name) {
				block[i].name = name
			}
		}
	}
	return block
}

// declare names those extensions among the schemas that o has something of.
func declare(o object, urns []string) object {
	schemas, _ := o.get("schemas").(array)
	schemas = slices.Clone(schemas)
	for _, urn := range urns {
		if o.get(urn) != nil && !listed(schemas, urn) {
			schemas = append(schemas, text(urn))
		}
	}
	return o.with("schemas", schemas)
}

// listed tells whether the URN is among the schemas.
func listed(schemas array, urn string) bool {
	return slices.ContainsFunc(schemas, func(v any) bool {
		s, ok := textOf(v)
		return ok && strings.EqualFold(s, urn)
	})
}
