package refserver

import (
	"crypto/sha256"
	"errors"
	"net/http"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// openNew is Add IAM. For the settings that it may begin with see iam.Draft.With.
func (a *visit) openNew() (*resource.Object, error) { return a.openDraft(iam.Draft{}) }

// openEdit opens a saved IAM to be edited.
func (a *visit) openEdit() (*resource.Object, error) {
	if err := a.external(); err != nil {
		return nil, err
	}
	m, err := a.iam()
	if err != nil {
		return nil, err
	}
	return a.openDraft(iam.Edit(m.ID, m.DisplayName, found(m)))
}

// found is what Save compares of an IAM.
func found(m store.IAM) iam.Found {
	return iam.Found{Created: m.Created, KeyDigest: m.KeyDigest, Settings: m.Settings}
}

func (a *visit) openDraft(d iam.Draft) (*resource.Object, error) {
	body := &resource.Object{}
	var err error
	if a.ContentLength != 0 {
		if body, err = a.body(); err != nil {
			return nil, err
		}
	}
	if d, err = a.edited(d, body); err != nil {
		return nil, err
	}
	id := a.NewID()
	a.drafts.add(id, d)
	a.status = http.StatusCreated
	return a.showDraft(id, d), nil
}

// edited is the draft after an edit. A name whose id an IAM has is refused as soon
// as it is given.
func (a *visit) edited(d iam.Draft, body *resource.Object) (iam.Draft, error) {
	after, err := d.With(body, a.version(), newKey)
	if err != nil || after.ID == d.ID {
		return after, err
	}
	switch _, err := a.Store.IAM(a.Context(), after.ID); {
	case err == nil:
		return d, idTaken(after.ID, after.DisplayName)
	case !errors.Is(err, store.ErrNotFound):
		return d, err
	}
	return after, nil
}

func (a *visit) listDrafts() (*resource.Object, error) {
	hits := resource.List{}
	a.drafts.each(func(id string, d iam.Draft) {
		shown := a.showDraft(id, d)
		if d.SCIM {
			shown.Set("scim_key", masked)
		}
		hits = append(hits, shown)
	})
	return object("count", integer(len(hits)), "hits", hits), nil
}

func (a *visit) readDraft() (*resource.Object, error) {
	d, err := a.drafts.get(a.at["draft"])
	return a.showDraft(a.at["draft"], d), err
}

func (a *visit) alterDraft() (*resource.Object, error) {
	body, err := a.body()
	if err != nil {
		return nil, err
	}
	d, err := a.drafts.change(a.at["draft"], func(d iam.Draft) (iam.Draft, error) { return a.edited(d, body) })
	return a.showDraft(a.at["draft"], d), err
}

func (a *visit) discardDraft() (*resource.Object, error) {
	return nil, a.drafts.drop(a.at["draft"])
}

func (a *visit) testConnection() (*resource.Object, error) {
	d, err := a.drafts.change(a.at["draft"], iam.Draft.TestConnection)
	return a.showDraft(a.at["draft"], d), err
}

// testLogin asks the identity provider about the administrator who wants to try, and
// shows what it says of them (the provider's support: documented).
func (a *visit) testLogin() (*resource.Object, error) {
	body, err := a.body()
	if err != nil {
		return nil, err
	}
	user := body.Text("user")
	if user == "" || body.Len() != 1 {
		return nil, badValue("user: the user name of who tries to log in is needed, and no more")
	}
	if err := iam.CheckText("user", user); err != nil {
		return nil, err
	}
	tested, err := a.drafts.get(a.at["draft"])
	if err != nil {
		return nil, err
	}
	if err := tested.MayTestLogin(); err != nil {
		return nil, err
	}
	login, trouble := a.askSignOn(a.Context(), tested.ClientOptions[iam.SignOnURL], user)
	if trouble == nil {
		disabled, err := a.disabled(tested.Edits, login.UserName)
		if err != nil {
			return nil, err
		}
		trouble = login.Check(user, a.baseURL(a.Request), tested.ID, disabled)
	}
	d, err := a.drafts.change(a.at["draft"], func(d iam.Draft) (iam.Draft, error) { return d.TestedLogin(tested, trouble) })
	if err == nil {
		err = trouble
	}
	if err != nil {
		return nil, err
	}
	shown := a.showDraft(a.at["draft"], d)
	shown.Set("user", object("userid", login.UserName, "profile", iam.Merge(login.Profile, nil)))
	return shown, nil
}

// disabled says whether an IAM has an account that is; "" is one that is not saved,
// and has none.
func (a *visit) disabled(id, userName string) (is bool, err error) {
	if id == "" {
		return false, nil
	}
	err = a.Store.View(a.Context(), id, func(v store.View) error {
		rec, err := v.Find(store.Account, resource.Fold(userName))
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		is = rec.Attributes.Get("active") != true
		return err
	})
	return is, noIAM(id, err)
}

// saveDraft makes the draft the IAM that it says, and shows its key no more.
func (a *visit) saveDraft() (*resource.Object, error) {
	d, err := a.drafts.save(a.at["draft"], a.keep)
	if err != nil {
		return nil, err
	}
	m, err := a.Store.IAM(a.Context(), d.ID)
	return a.showIAM(m, ""), noIAM(d.ID, err)
}

func (a *visit) keep(d iam.Draft) error {
	if err := d.MaySave(a.version()); err != nil {
		return err
	}
	if d.Edits != "" {
		return a.keepEdit(d)
	}
	_, err := a.keepNew(store.IAM{ID: d.ID, DisplayName: d.DisplayName, Created: a.Now(), Settings: d.Settings}, d.Key)
	return err
}

func (a *visit) keepEdit(d iam.Draft) error {
	return noIAM(d.Edits, a.Store.UpdateIAM(a.Context(), d.Edits, func(m *store.IAM) error {
		if err := d.MayReplace(found(*m)); err != nil {
			return err
		}
		m.Settings = d.Settings
		if d.Key != "" {
			m.KeyDigest = sha256.Sum256([]byte(d.Key))
		}
		return nil
	}))
}

// showDraft is the page as it stands: what the IAM would be, the key of its own that
// is shown until Save, and how far it is tested.
func (a *visit) showDraft(id string, d iam.Draft) *resource.Object {
	shown := object("draft", id)
	for _, m := range a.showIAM(store.IAM{ID: d.ID, DisplayName: d.DisplayName, Settings: d.Settings}, d.Key).Members() {
		shown.Set(m.Name, m.Value)
	}
	shown.Remove("created_at")
	if d.ID == "" {
		shown.Remove("scim_url")
	}
	tests := object("connection", d.Connected, "user_login", d.LoggedIn)
	if d.Trouble != "" {
		tests.Set("trouble", d.Trouble)
	}
	shown.Set("tests", tests)
	if d.Edits != "" {
		shown.Set("edits", d.Edits)
	}
	return shown
}
