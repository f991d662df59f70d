package target

import (
	"context"
	"net/http"
	"net/url"
)

// A Draft is an IAM on the App Settings page that is not saved: opened, filled in,
// tested and saved in the order of the provider's page.
type Draft struct {
	IAM  string `json:"id"`       // the IAM ID that it has or will have; "" before it has a name
	URL  string `json:"scim_url"` // "" before SCIM is ticked and it has a name
	Key  string `json:"scim_key"` // shown until Save; asterisks for one that is in force
	Form string `json:"draft"`    // the draft's own id

	screens *Screens
}

// AddIAM opens the page of a new IAM with these settings filled in; display_name is
// one of them.
func (s *Screens) AddIAM(ctx context.Context, settings Settings) (*Draft, error) {
	return s.open(ctx, "/drafts", settings)
}

// EditIAM opens the page of this IAM, with these settings changed.
func (s *Screens) EditIAM(ctx context.Context, settings Settings) (*Draft, error) {
	return s.open(ctx, s.at("/drafts"), settings)
}

func (s *Screens) open(ctx context.Context, path string, settings Settings) (*Draft, error) {
	d := &Draft{screens: s}
	if settings == nil {
		settings = Settings{}
	}
	return d, s.send(ctx, http.MethodPost, path, settings, d)
}

// Fill changes settings on the page. All has to be tested again.
func (d *Draft) Fill(ctx context.Context, settings Settings) error {
	after := Draft{screens: d.screens}
	if err := d.screens.send(ctx, http.MethodPatch, d.at(""), settings, &after); err != nil {
		return err
	}
	*d = after
	return nil
}

// Settings reads what stands on the page, and under "tests" how far it is tested.
func (d *Draft) Settings(ctx context.Context) (settings Settings, err error) {
	_, err = d.screens.call(ctx, http.MethodGet, d.at(""), nil, &settings)
	return settings, err
}

// TestConnection presses that button.
func (d *Draft) TestConnection(ctx context.Context) error {
	return d.screens.send(ctx, http.MethodPost, d.at("/test-connection"), nil, nil)
}

// A TestedUser is whom Test User Login shows: the user name that the application has
// for the person, and what it tells of them.
type TestedUser struct {
	UserName string         `json:"userid"`
	Profile  map[string]any `json:"profile"`
}

// TestUserLogin presses that button, as somebody with a login at the identity
// provider.
func (d *Draft) TestUserLogin(ctx context.Context, login string) (TestedUser, error) {
	var passed struct {
		User TestedUser `json:"user"`
	}
	err := d.screens.send(ctx, http.MethodPost, d.at("/test-user-login"), map[string]string{"user": login}, &passed)
	return passed.User, err
}

// Save presses that button. The endpoint is the saved IAM's; its token is the key
// that the page showed, and "" where the key in force stays.
func (d *Draft) Save(ctx context.Context) (Endpoint, error) {
	var saved Draft
	if err := d.screens.send(ctx, http.MethodPost, d.at("/save"), nil, &saved); err != nil {
		return Endpoint{}, err
	}
	screens := *d.screens
	screens.IAM = saved.IAM
	return Endpoint{URL: saved.URL, Token: inClear(d.Key), Screens: &screens}, nil
}

// Discard closes the page.
func (d *Draft) Discard(ctx context.Context) error {
	return d.screens.send(ctx, http.MethodDelete, d.at(""), nil, nil)
}

func (d *Draft) at(path string) string { return "/drafts/" + url.PathEscape(d.Form) + path }
