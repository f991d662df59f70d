package loadgen

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// The load is Okta's by construction: nothing here writes SCIM.
func TestADialogueIsOktas(t *testing.T) {
	d := Dialogues{People: crowd.Population{Mark: "spr7k2abcd", Seed: 1, Size: 5}, Dialect: provision.OIN}
	first := d.Onboard(2)
	assert.Equal(t, scim.Accent{}.FindUser(scim.User{UserName: d.People.UserName(2)}), first.Say)
	second := first.Hear(scim.Answer{Status: 200, Body: []byte(cannedNobody)})
	assert.Equal(t, scim.CreateUser(d.Account(2, false)), second.Say)
	end := second.Hear(scim.Answer{Status: 201, Body: []byte(cannedAccount)})
	assert.Equal(t, provision.End{ID: "62d6626b-97a6-4fdb-97dd-a621f6878a54"}, end.End)
	assert.Nil(t, end.Hear)
}
