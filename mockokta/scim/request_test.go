package scim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// named is what every person has, in the order of Okta's base profile; an empty
// text is no value.
func named(given, family, email, display, locale string) []scim.Attribute {
	core := func(name string, value any) scim.Attribute {
		return scim.Attribute{Namespace: scim.UserSchema, Name: name, Value: value}
	}
	kind := ""
	if email != "" {
		kind = "work"
	}
	return []scim.Attribute{
		core("name.givenName", given), core("name.familyName", family),
		core("emails.^[primary==true].value", email), core("emails.^[primary==true].type", kind),
		core("displayName", display), core("locale", locale),
	}
}

// The traces hold the usual requests; here are the corners.
func TestRequests(t *testing.T) {
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	account := func(body string) scim.Resource {
		r, err := scim.ReadUser(scim.Answer{Status: 200, Body: []byte(body)})
		require.NoError(t, err)
		return r
	}
	for name, tt := range map[string]struct {
		r    scim.Request
		want string
	}{
		"quotes, backslashes and ampersands in a filter": {
			scim.Accent{}.FindGroup(`R"&D \ team`),
			"GET /Groups?filter=displayName%20eq%20%22R%5C%22%26D%20%5C%5C%20team%22&startIndex=1&count=100",
		},
		"a plus for a space, and none for a plus": {
			scim.Accent{PlusForSpace: true}.FindUser(scim.User{UserName: "a b+c"}),
			"GET /Users?filter=userName+eq+%22a+b%2Bc%22&startIndex=1&count=100",
		},
		"by the primary address": {
			scim.Accent{LookupBy: "emails"}.FindUser(scim.User{UserName: "ana", Attributes: named("", "", "a@b.test", "", "")}),
			"GET /Users?filter=emails%20eq%20%22a%40b.test%22&startIndex=1&count=100",
		},
		"by the id in Okta": {
			scim.Accent{LookupBy: "externalId"}.FindUser(scim.User{ExternalID: "00u1", UserName: "ana"}),
			"GET /Users?filter=externalId%20eq%20%2200u1%22&startIndex=1&count=100",
		},
		"what stays and what is encoded": {
			scim.Accent{}.FindUser(scim.User{UserName: "aZ09-._~!'()*/:"}),
			"GET /Users?filter=userName%20eq%20%22aZ09-._~%21%27%28%29%2A%2F%3A%22&startIndex=1&count=100",
		},
		"other scripts in a filter": {
			scim.Accent{}.FindUser(scim.User{UserName: "ná"}), "GET /Users?filter=userName%20eq%20%22n%C3%A1%22&startIndex=1&count=100",
		},
		"an id of the target's may hold anything": {scim.GetUser("a/b?c#d%e f"), "GET /Users/a%2Fb%3Fc%23d%25e%20f"},
		"a page of an import":                     {scim.ListUsers(101, 100), "GET /Users?startIndex=101&count=100"},
		"a quote in a member's id": {
			scim.ChangeMembers("g", nil, []scim.Member{{Value: `a"b`}}),
			`PATCH /Groups/g {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members[value eq \"a\\\"b\"]"}]}`,
		},
		"a member without a display": {
			scim.ReplaceGroup("g", "G", []scim.Member{{Value: "1"}}),
			`PUT /Groups/g {"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"g","displayName":"G","members":[{"value":"1","display":null}]}`,
		},
		"a person with nothing but a name at the target": {
			scim.CreateUser(scim.User{UserName: "ana"}),
			`POST /Users {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana","groups":[],"active":true}`,
		},
		"an address without a type": {
			scim.CreateUser(scim.User{UserName: "ana", Attributes: []scim.Attribute{{Namespace: scim.UserSchema, Name: "emails.^[primary==true].value", Value: "a@b.test"}}}),
			`POST /Users {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana","emails":[{"primary":true,"value":"a@b.test"}],"groups":[],"active":true}`,
		},
		"values of every type, nested, and what is not sent": {
			scim.CreateUser(scim.User{UserName: "ana", Attributes: []scim.Attribute{
				{Namespace: scim.UserSchema, Name: "name.givenName", Value: "Ana"},
				{Namespace: scim.UserSchema, Name: "name.middleName", Value: "María"},
				{Namespace: enterprise, Name: "manager.value", Value: "7"},
				{Namespace: enterprise, Name: "costCenter", Value: ""},
				{Namespace: "urn:example:1.0:User", Name: "level", Value: 3},
				{Namespace: "urn:example:1.0:User", Name: "tags", Value: []string{"a", "b"}},
				{Namespace: "urn:empty:1.0:User", Name: "none", Value: nil},
				{Namespace: "", Name: "madeBeforeProvisioning", Value: "x"},
				{Namespace: enterprise, Name: "manager.displayName", Value: "Bo <b>"},
				{Namespace: enterprise, Name: "what has no JSON form", Value: func() {}},
			}}),
			`POST /Users {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","` + enterprise + `","urn:example:1.0:User"],"userName":"ana","name":{"givenName":"Ana","middleName":"María"},"groups":[],"active":true,` +
				`"` + enterprise + `":{"manager":{"value":"7","displayName":"Bo <b>"}},"urn:example:1.0:User":{"level":3,"tags":["a","b"]}}`,
		},
		"a profile push clears what has no value, and keeps what is not mapped": {
			scim.Accent{}.ReplaceUser("1", account(`{"schemas":["S"],"id":"1","userName":"old","displayName":"Old","title":"T","nickName":"N","locale":"x","emails":[{"value":"o","primary":true},{"type":"home","value":"h"}],"name":{"givenName":"O","formatted":"O"},"active":false}`),
				scim.User{UserName: "ana", Attributes: append(named("", "", "", "", ""), scim.Attribute{Namespace: scim.UserSchema, Name: "title", Value: ""})}),
			`PUT /Users/1 {"id":"1","schemas":["S"],"userName":"ana","active":false,"emails":[{"value":"h","type":"home"}],"name":{"formatted":"O"},"groups":[],"nickName":"N"}`,
		},
		"a server that spells a URN its own way gets no second copy": {
			scim.Accent{}.ReplaceUser("1", account(`{"schemas":["S","URN:Example:1.0:user"],"id":"1","urn:EXAMPLE:1.0:user":{"b":1,"a":2}}`),
				scim.User{UserName: "ana", Attributes: []scim.Attribute{{Namespace: "urn:example:1.0:User", Name: "a", Value: "own"}}}),
			`PUT /Users/1 {"id":"1","schemas":["S","URN:Example:1.0:user"],"userName":"ana","groups":[],"urn:example:1.0:User":{"a":"own","b":1}}`,
		},
		"a list in place of an account is sent back, as Okta does": {
			scim.Accent{}.DeactivateUser("1", account(`{"schemas":["L"],"totalResults":1,"Resources":[{"id":"1"}]}`)),
			`PUT /Users/1 {"schemas":["L"],"active":false,"totalResults":1,"Resources":[{"id":"1"}]}`,
		},
		"deactivation leaves groups, schemas and other members alone": {
			scim.Accent{}.DeactivateUser("1", account(`{"groups":null,"x":1,"schemas":["S"],"id":"1","active":"yes"}`)),
			`PUT /Users/1 {"id":"1","schemas":["S"],"active":false,"groups":null,"x":1}`,
		},
		"what is not UTF-8 becomes a replacement character": {
			scim.NameGroup("g", "a\xffb"),
			`PATCH /Groups/g {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"id":"g","displayName":"a�b"}}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := tt.r.Method + " " + tt.r.Path
			if tt.r.RawQuery != "" {
				got += "?" + tt.r.RawQuery
			}
			if tt.r.Body != nil {
				got += " " + string(tt.r.Body)
			}
			require.Equal(t, tt.want, got)
		})
	}
}
