package refserver_test

import "testing"

// TestALife goes through what Okta does with one person and one group.
func TestALife(t *testing.T) {
	s := newTenant(t)
	s.ask("GET", `/Users?filter=userName eq "ana@example.com"&startIndex=1&count=100`, "").is(200).
		has("totalResults", "0", "Resources", "[]", "itemsPerPage", "0", "startIndex", "1")

	made := s.ask("POST", "/Users", user("ana@example.com", `"name":{"givenName":"Ana","familyName":"Ruiz"}`, `"active":true`)).is(201)
	ana := made.text("id")
	if l := made.Header().Get("Location"); l != "http://idp.test:8080"+s.path+"/Users/"+ana {
		t.Errorf("Location %q", l)
	}
	s.ask("GET", `/Users?filter=userName eq "ANA@example.com"`, "").is(200).has("totalResults", "1", "itemsPerPage", "1")

	admins := s.newGroup("Analysts", members())
	s.ask("PATCH", "/Groups/"+admins, ops(`{"op":"replace","value":{"id":"`+admins+`","displayName":"Analysts 2"}}`)).is(200)
	s.ask("PATCH", "/Groups/"+admins, ops(`{"op":"add","path":"members","value":`+values(ana)+`}`)).is(200)
	if got := s.ask("GET", "/Users/"+ana, "").is(200).ids("groups"); got != admins {
		t.Errorf("groups of Ana: %q", got)
	}

	s.ask("PATCH", "/Users/"+ana, ops(`{"op":"replace","value":{"active":false}}`)).is(200).has("active", "false", ownURN+"/disabled", "true")
	s.ask("GET", `/Users?filter=userName eq "ana@example.com"`, "").is(200).has("totalResults", "1")
	s.ask("DELETE", "/Groups/"+admins, "").is(204)
	s.ask("DELETE", "/Groups/"+admins, "").fails(404, "")
	s.ask("GET", "/Users/"+ana, "").is(200).has("groups", "[]", "userName", `"ana@example.com"`)
}
