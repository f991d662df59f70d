package iam

import (
	"crypto/sha256"
	"reflect"
	"time"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

// A Draft is an IAM on the App Settings page that is being added or edited. What it
// says takes effect when it is saved, and it can be saved once Test Connection and
// then Test User Login have passed (the seed page: documented). Whatever is edited
// has to be tested again (the reference server's choice). The zero value is the page
// as Add IAM opens it.
type Draft struct {
	Edits       string // the id of the IAM that it edits; "" for one that is added
	ID          string // of the IAM that it becomes; "" before it has a name
	DisplayName string
	Settings
	Key string // its new key, shown until it is saved; "" where it makes none

	Connected bool   // whether Test Connection has passed
	LoggedIn  bool   // whether Test User Login has passed since
	Trouble   string // why it has not, when it was tried last

	began Found // the IAM, when the edit began
	edits int   // how often it was edited
}

// Found is the IAM as an edit finds it, for Save to see whether it still is so. One
// that was removed and added again under its name was made at another time, or has
// another key.
type Found struct {
	Created   time.Time
	KeyDigest [sha256.Size]byte
	Settings
}

// Edit opens an IAM on the page.
func Edit(id, displayName string, s Found) Draft {
	return Draft{Edits: id, ID: id, DisplayName: displayName, Settings: s.Settings, began: s}
}

// With is the draft with the settings that body names changed, see [Settings.With],
// and with another display_name, where none is saved yet. SCIM that is ticked makes
// a key, and loses it when it is unticked.
func (d Draft) With(body *resource.Object, v Version, key func() string) (Draft, error) {
	after, rest := d, body.Clone()
	if given, named := body.Lookup("display_name"); named {
		text, _ := given.(string)
		if d.Edits != "" {
			return d, invalid("display_name: it is given once and cannot be altered")
		}
		if err := CheckName(text); err != nil {
			return d, err
		}
		after.ID, after.DisplayName = IDOf(text), text
		rest.Remove("display_name")
	}
	var err error
	if after.Settings, err = d.Settings.With(rest, v); err != nil {
		return d, err
	}
	switch {
	case !after.SCIM:
		after.Key = ""
	case !d.SCIM:
		after.Key = key()
	}
	after.Connected, after.LoggedIn, after.Trouble = false, false, ""
	after.edits++
	return after, nil
}

// TestConnection passes when all is filled in that the connection needs. It changes
// nothing but the draft.
func (d Draft) TestConnection() (Draft, error) {
	if err := d.Complete(); err != nil {
		return d, err
	}
	d.Connected = true
	return d, nil
}

// MayTestLogin says why it is too early for Test User Login.
func (d Draft) MayTestLogin() error {
	switch {
	case !d.Connected:
		return conflict("Test User Login comes after Test Connection, which has not passed since the last edit")
	case d.DisplayName == "":
		return invalid("display_name: a name is needed, which makes the IAM ID")
	case d.ClientOptions[SignOnURL] == "":
		return invalid("client_options: %s is needed to ask the identity provider who may sign on", SignOnURL)
	}
	return nil
}

// TestedLogin is the draft after Test User Login, which passed when trouble is nil.
// tested is the draft as it was when the identity provider was asked.
func (d Draft) TestedLogin(tested Draft, trouble error) (Draft, error) {
	if d.edits != tested.edits {
		return d, conflict("the draft was edited while Test User Login ran: test it again")
	}
	d.LoggedIn, d.Trouble = trouble == nil, ""
	if trouble != nil {
		d.Trouble = trouble.Error()
	}
	return d, nil
}

// MaySave says what is missing before Save.
func (d Draft) MaySave(v Version) error {
	if err := d.Complete(); err != nil {
		return err
	}
	switch {
	case !d.Connected:
		return conflict("Save comes after Test Connection, which has not passed since the last edit")
	case !d.LoggedIn && d.Trouble != "":
		return conflict("Save comes after Test User Login, which has not passed: %s", d.Trouble)
	case !d.LoggedIn:
		return conflict("Save comes after Test User Login, which has not passed since the last edit")
	case d.Key != "":
		return v.CheckSCIM()
	}
	return nil
}

// MayReplace says whether an edit may be saved over the IAM of now: it would undo
// what others have saved meanwhile, and put its key in the place of theirs.
func (d Draft) MayReplace(now Found) error {
	if !now.Created.Equal(d.began.Created) || now.KeyDigest != d.began.KeyDigest || !reflect.DeepEqual(now.Settings, d.began.Settings) {
		return conflict("%s was changed since this edit began: edit it anew", d.Edits)
	}
	return nil
}
