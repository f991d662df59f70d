package scim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// What an account shows is read from where a profile push writes it.
func TestShown(t *testing.T) {
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	account, err := scim.ReadUser(scim.Answer{Status: 200, Body: []byte(`{"schemas":["` + scim.UserSchema + `"],"id":"1","UserName":"ana","active":true,
		"name":{"givenName":"\u0041na"},"nickName":"","title":null,"level":7,"quota":2.5,"trusted":false,"tags":["a",1,true,null,{}],"none":[],
		"emails":[{"value":"other@example.test"},{"value":"ana@example.test","primary":true,"type":"work"}],
		"phoneNumbers":[{"value":"1","type":"home"},{"value":"2","type":"mobile"}],
		"` + enterprise + `":{"department":"R&D","manager":{"value":"7"}}}`)})
	require.NoError(t, err)
	for name, want := range map[string]any{
		"userName": "ana", "name.givenName": "Ana", "name.familyName": nil, "name": nil, "nickName": nil, "title": nil,
		"level": 7.0, "quota": 2.5, "trusted": false, "active": true, "tags": []any{"a", 1.0, true}, "none": nil,
		"emails.^[primary==true].value": "ana@example.test", "emails.^[primary==true].type": "work",
		"phoneNumbers.^[type==mobile].value": "2", "phoneNumbers.^[primary==true].value": nil, "title.^[primary==true].value": nil,
		"nobody.has.this": nil, "level.of.what": nil,
	} {
		require.Equal(t, want, account.Shown(scim.UserSchema, name), name)
	}
	require.Equal(t, "R&D", account.Shown(enterprise, "department"))
	require.Equal(t, "7", account.Shown(enterprise, "manager.value"))
	require.Nil(t, account.Shown("urn:example:nothing", "department"))
	require.Nil(t, account.Shown(enterprise, "userName"))
}
