package scim

import "testing"

// The two readings and the one writing that a crowd's dialogues are made of.
func BenchmarkDialogue(b *testing.B) {
	u := User{
		ExternalID: "00u1aa0000000000001a", UserName: "ana.ruiz@scimproof.test", Password: "x-1aAbcd",
		Attributes: []Attribute{
			{UserSchema, "name.givenName", "Ana"},
			{UserSchema, "name.familyName", "Ruiz"},
			{UserSchema, "emails.^[primary==true].value", "ana@mail.scimproof.test"},
			{UserSchema, "emails.^[primary==true].type", "work"},
			{UserSchema, "displayName", "Ana Ruiz"},
			{UserSchema, "locale", "en-US"},
		},
	}
	created := Answer{Status: 201, Body: []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"62d6626b-97a6-4fdb-97dd-a621f6878a54",` +
		`"externalId":"00u1aa0000000000001a","userName":"ana.ruiz@scimproof.test","name":{"givenName":"Ana","familyName":"Ruiz"},"displayName":"Ana Ruiz",` +
		`"locale":"en-US","emails":[{"value":"ana@mail.scimproof.test","type":"work","primary":true}],"groups":[],"active":true,` +
		`"meta":{"resourceType":"User","created":"2026-01-01T00:00:00Z","lastModified":"2026-01-01T00:00:00Z","location":"http://127.0.0.1/scim/v2/Users/62d6626b"}}`)}
	nobody := Answer{Status: 200, Body: []byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`)}
	b.Run("write a create", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			CreateUser(u)
		}
	})
	b.Run("read what was created", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := CreatedUser(created); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read that nobody is there", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := FoundUser(nobody); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("write a lookup", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Accent{}.FindUser(u)
		}
	})
}
