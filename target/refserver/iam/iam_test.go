package iam_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
)

func object(t interface{ Fatal(...any) }, text string) *resource.Object {
	o, err := resource.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestIDOf(t *testing.T) {
	for name, want := range map[string]string{
		"Okta": "okta", "Okta SAML": "okta-saml", " -a--b- ": "a-b", "Zürich 東 ٣": "zürich-東-٣", "a/b?c#d%e": "a-b-c-d-e", "!": "", "": "", "BIM": "bim",
	} {
		if got := iam.IDOf(name); got != want || iam.IDOf(got) != got {
			t.Errorf("IDOf(%q) is %q, and of that %q, want %q", name, got, iam.IDOf(got), want)
		}
	}
}

// Two versions are in the order of their numbers, whatever their texts say.
func TestTheFloorIsANumber(t *testing.T) {
	for text, allowed := range map[string]bool{
		"2020.3": false, "2020.3.99": false, "2020": false, "1.0": false, "2020.3-rc4": false, "0": false,
		"2020.4": true, "2020.4-rc1": true, "2020.4+build": true, "2020.10": true, "2020.4.0": true, "2021": true, "10000.1": true, "saas": true,
	} {
		v, err := iam.ParseVersion(text)
		if err != nil || (v.CheckSCIM() == nil) != allowed || v.String() != text {
			t.Errorf("%s: %v, %v, shown as %s, want SCIM allowed %v", text, err, v.CheckSCIM(), v, allowed)
		}
	}
	for _, none := range []string{"", ".", "2020.", ".4", "v2020.4", "2020,4", "2020.-4", "2020.4294967296", "-rc1"} {
		if v, err := iam.ParseVersion(none); err == nil {
			t.Errorf("%q is read as %s", none, v)
		}
	}
}

// What With has read Show shows, and With reads it again as the same.
func TestSettingsShowWhatTheyRead(t *testing.T) {
	body := object(t, `{"type":"openid","client_options":{"client_id":"x","issuer":"y","sign_on_url":"https://idp.example/s?a=b"},"default_permissions":["AUDIT"],
		"scim_enabled":true,"delete_users":true,"profile_schema":{"about":"urn:example:x:about","email":"emails"},"sync_groups":true,"sync_attributes":true,
		"attribute_schema":[{"scim_schema":"urn:example:x","prefix":"A b"}],"external_usernames":{"redshift":"a B.login"}}`)
	s, err := iam.Settings{}.With(body, iam.Current)
	if err != nil || !resource.Equal(s.Show(), body) {
		t.Errorf("got %v, %s, want %s", err, s.Show(), body)
	}
	again, err := iam.Settings{}.With(s.Show(), iam.Current)
	if err != nil || !resource.Equal(again.Show(), body) {
		t.Errorf("read again: %v, %s", err, again.Show())
	}
}

// The laws of a profile under any mapping, push and edit: a push twice is a push once,
// what is not mapped stays, and neither a push nor an edit alters what it was given.
func TestProfile(t *testing.T) {
	sources := []string{"title", "nickName", "emails", "urn:example:x:f", "name.formatted"}
	rapid.Check(t, func(r *rapid.T) {
		text := func(what string) string { return rapid.SampledFrom([]string{"", "a", "b"}).Draw(r, what) }
		schema, profile := &resource.Object{}, &resource.Object{}
		for _, field := range iam.Fields {
			if rapid.Bool().Draw(r, field+" is mapped") {
				schema.Set(field, rapid.SampledFrom(sources).Draw(r, "to"))
			}
			if was := text(field + " was"); was != "" {
				profile.Set(field, was)
			}
		}
		s, err := iam.Settings{}.With(resource.Of(resource.Member{Name: "profile_schema", Value: schema}), iam.Current)
		if err != nil {
			r.Fatal(err)
		}
		attributes := object(r, `{"title":"`+text("title")+`","nickName":"`+text("nickName")+`","emails":[{"value":"`+text("email")+`"}],"name":{"givenName":"`+text("given")+`"},"urn:example:x":{"f":"`+text("f")+`"}}`)
		before := profile.String()
		once := s.Profile(profile, attributes, nil)
		if twice := s.Profile(once, attributes, nil); !resource.Equal(once, twice) {
			r.Fatalf("once %s, twice %s", once, twice)
		}
		for _, field := range iam.Fields {
			edited, err := s.Edit(once, resource.Of(resource.Member{Name: field, Value: "by hand"}))
			_, mapped := schema.Lookup(field)
			switch {
			case mapped != (err != nil):
				r.Fatalf("%s is mapped: %v; its edit: %v", field, mapped, err)
			case !mapped && once.Text(field) != profile.Text(field):
				r.Fatalf("%s was %q and is %q", field, profile.Text(field), once.Text(field))
			case !mapped && s.Profile(edited, attributes, nil).Text(field) != "by hand":
				r.Fatalf("the edit of %s does not last", field)
			}
		}
		if after := profile.String(); after != before {
			r.Fatalf("the profile before was altered: %s, was %s", after, before)
		}
	})
}

// An edit is of the IAM that it began with, and of no other under its name.
func TestAnEditIsOfOneIAM(t *testing.T) {
	then := iam.Found{Created: time.Unix(1, 0), KeyDigest: [32]byte{1}, Settings: iam.Settings{Type: iam.SAML, ClientOptions: map[string]string{"issuer": "x"}}}
	d := iam.Edit("okta", "Okta", then)
	for name, change := range map[string]func(*iam.Found){
		"made anew":       func(f *iam.Found) { f.Created = time.Unix(2, 0) },
		"another key":     func(f *iam.Found) { f.KeyDigest = [32]byte{2} },
		"another setting": func(f *iam.Found) { f.ClientOptions = map[string]string{"issuer": "y"} },
	} {
		now := then
		if change(&now); d.MayReplace(now) == nil {
			t.Errorf("%s: it may be replaced", name)
		}
	}
	then.Created = then.Created.UTC()
	if err := d.MayReplace(then); err != nil {
		t.Errorf("unchanged: %v", err)
	}
}
