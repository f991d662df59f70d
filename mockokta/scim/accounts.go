package scim

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// FindUser looks an account up by its userName. The attribute is always
// userName, whatever of the person is mapped to it (documented); that it may be
// another one was said to be possible in Okta's page of 2018, and then it is asked
// for what the person has of it.
func (a Accent) FindUser(u User) Request {
	switch a.LookupBy {
	case "", "userName":
		return a.find("/Users", "userName", u.UserName)
	case "externalId":
		return a.find("/Users", a.LookupBy, u.ExternalID)
	}
	return a.find("/Users", a.LookupBy, u.Text(a.LookupBy))
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
	o := u.profile().
		set("groups", array{}).
		set("active", jsontext.Value("true")).
		set("schemas", array{text(UserSchema)}).
		set("password", orNone(u.Password))
	o = declare(o.over(nil, laying{}), u.extensions())
	return Request{Method: http.MethodPost, Path: "/Users", Body: compact(postOrder.apply(o, u))}
}

// ReplaceUser pushes a profile: what GET returned, with what Okta maps laid over
// it.
//
// That members unknown to Okta are kept and echoed is observed (request dumps of
// a real org). That groups are those of the answer, else an empty array, is
// inference from one of them.
func (a Accent) ReplaceUser(id string, base Resource, u User) Request {
	return a.putUser(id, a.overlaid(base, u), u)
}

// SyncPassword is a profile push that carries the password too: how a password
// travels where no PATCH is known (documented in an earlier revision).
func (a Accent) SyncPassword(id string, base Resource, u User) Request {
	return a.putUser(id, a.overlaid(base, u).with("password", text(u.Password)), u)
}

// LinkUser takes over an account that the target already has, where no PATCH is
// known: a profile push that also makes it active.
//
// Source: request dump of a real org (observed: 607 bytes, closed to the byte).
func (a Accent) LinkUser(id string, base Resource, u User) Request {
	return a.putUser(id, a.overlaid(base, u).with("active", jsontext.Value("true")), u)
}

// DeactivateUser disables an account where no PATCH is known: what GET returned,
// with active false and nothing else changed.
//
// Source: request dump of a real org (observed: 579 bytes, closed to the byte).
func (a Accent) DeactivateUser(id string, base Resource) Request {
	return a.putUser(id, base.members.with("active", jsontext.Value("false")), User{})
}

// SetActive activates or deactivates an account by PATCH: no path, and an object
// for a value.
//
// Source: Okta SCIM 2.0 reference (documented). Deactivation has the 118 bytes
// that Okta's page of 2018 shows.
func (a Accent) SetActive(id string, active bool) Request {
	value := jsontext.Value("false")
	if active {
		value = jsontext.Value("true")
	}
	return a.patchUser(id, object{{"active", value}})
}

// SetPassword syncs a password by PATCH (documented; the shape of the value is
// inference by analogy with active).
func (a Accent) SetPassword(id, password string) Request {
	return a.patchUser(id, object{{"password", text(password)}})
}

// PatchProfile pushes a profile by PATCH: what Okta has of the person, for a value
// without a path. Okta's reference has PUT for it; its FAQ can be read to mean this
// (the shape is inference). What has no value is said as [Accent.Empty] has it,
// where that is not to leave it out.
func (a Accent) PatchProfile(id string, u User) Request {
	return a.patchUser(id, postOrder.apply(u.profile().filled(a.Empty.value()).over(nil, laying{}), u))
}

func (a Accent) patchUser(id string, value object) Request {
	if a.PatchNamesID {
		value = append(object{{"id", text(id)}}, value...)
	}
	return patch(at("/Users", id), operation("replace", "", value))
}

func (a Accent) putUser(id string, o object, u User) Request {
	return Request{Method: http.MethodPut, Path: at("/Users", id), Body: compact(a.putOrder().apply(o, u))}
}

// overlaid is base with u's profile laid over it.
func (a Accent) overlaid(base Resource, u User) object {
	o := u.profile().over(base.members, laying{a.Empty.value(), a.WholeLists})
	if isNull(o.get("groups")) {
		o = o.with("groups", array{})
	}
	return declare(o, u.extensions())
}

// declare names those extensions among the schemas that o has something of. It may
// alter o.
func declare(o object, urns []string) object {
	schemas, _ := o.get("schemas").(array)
	schemas = slices.Clone(schemas)
	for _, urn := range urns {
		if o.get(urn) != nil && !listed(schemas, urn) {
			schemas = append(schemas, text(urn))
		}
	}
	return o.set("schemas", schemas)
}

// listed tells whether the URN is among the schemas.
func listed(schemas array, urn string) bool {
	return slices.ContainsFunc(schemas, func(v any) bool {
		s, ok := textOf(v)
		return ok && strings.EqualFold(s, urn)
	})
}
