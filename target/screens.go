package target

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Screens read and work what the provider's administrator would see of one tenant:
// our own server's administration API, which stands in for the provider's screens.
// What they do not let an administrator do is a [*Refused].
type Screens struct {
	IAM   string // the tenant's id on the screens
	url   string // of the administration API
	token string
	http  *http.Client
}

// Settings are those of an IAM, by their names in the administration API, such as
// "sync_groups": true.
type Settings map[string]any

// Refused says what the screens did not let an administrator do.
type Refused struct {
	What   string // "POST /drafts/…/save"
	Status int
	Reason string // in the screens' words
}

func (e *Refused) Error() string {
	return fmt.Sprintf("the provider's screens refused %s with status %d: %s", e.What, e.Status, e.Reason)
}

// Settings reads all that the settings page shows of the IAM.
func (s *Screens) Settings(ctx context.Context) (settings Settings, err error) {
	_, err = s.call(ctx, http.MethodGet, s.at(""), nil, &settings)
	return settings, err
}

// Set changes settings of the IAM at once, without the page's tests. It returns the
// new key where it ticked SCIM, and otherwise "".
func (s *Screens) Set(ctx context.Context, settings Settings) (key string, err error) {
	var saved struct {
		Key string `json:"scim_key"`
	}
	err = s.send(ctx, http.MethodPatch, s.at(""), settings, &saved)
	return inClear(saved.Key), err
}

// inClear is a key that the screens show, and "" for asterisks in the place of one.
func inClear(key string) string { return strings.TrimLeft(key, "*") }

// TakeAttributes lets the attributes of one extension, and of no other, become
// the provider's under a prefix: one row of the attribute schema.
func (s *Screens) TakeAttributes(ctx context.Context, urn, prefix string) error {
	_, err := s.Set(ctx, Settings{"attribute_schema": []map[string]string{{"scim_schema": urn, "prefix": prefix}}})
	return err
}

// MapUsername makes one of the provider's attributes, prefix included, the username
// on a data platform, and maps no other.
func (s *Screens) MapUsername(ctx context.Context, platform, attribute string) error {
	_, err := s.Set(ctx, Settings{"external_usernames": map[string]string{platform: attribute}})
	return err
}

// ForceSync brings all accounts in line with the settings, without their next push.
func (s *Screens) ForceSync(ctx context.Context) error {
	return s.send(ctx, http.MethodPost, s.at("/force-sync"), nil, nil)
}

// Remove ends the IAM with all that it holds.
func (s *Screens) Remove(ctx context.Context) error {
	return s.send(ctx, http.MethodDelete, s.at(""), nil, nil)
}

// Internal are the screens of the same instance's internal IAM.
func (s *Screens) Internal() *Screens {
	internal := *s
	internal.IAM = "bim"
	return &internal
}

// An Instance is what the IAMs have in common.
type Instance struct {
	Version string `json:"version"`
	BaseURL string `json:"base_url"` // as an application's sign-on settings name it
}

// Instance reads it.
func (s *Screens) Instance(ctx context.Context) (i Instance, err error) {
	_, err = s.call(ctx, http.MethodGet, "/instance", nil, &i)
	return i, err
}

// SetVersion makes the instance one of another version, for all its tenants.
func (s *Screens) SetVersion(ctx context.Context, version string) error {
	return s.send(ctx, http.MethodPatch, "/instance", map[string]string{"version": version}, nil)
}

// at is an address of the IAM.
func (s *Screens) at(path string) string { return "/iams/" + url.PathEscape(s.IAM) + path }

// send sends a body, where there is one, and reads the answer, where it is wanted.
func (s *Screens) send(ctx context.Context, method, path string, body, into any) error {
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return err
		}
	}
	_, err := s.call(ctx, method, path, sent, into)
	return err
}

func (s *Screens) call(ctx context.Context, method, path string, body []byte, into any) (status int, err error) {
	req, err := newAdminRequest(ctx, method, s.url+path, s.token, body)
	if err != nil {
		return 0, err
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return 0, fmt.Errorf("the provider's screens: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		var refusal struct {
			Error string `json:"error"`
		}
		if err := json.NewDecoder(resp.Body).Decode(&refusal); err != nil {
			return resp.StatusCode, fmt.Errorf("the provider's screens: %s %s was answered with %s", method, path, resp.Status)
		}
		return resp.StatusCode, &Refused{What: method + " " + path, Status: resp.StatusCode, Reason: refusal.Error}
	}
	if into == nil {
		return resp.StatusCode, nil
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return resp.StatusCode, fmt.Errorf("the provider's screens: %s %s: %w", method, path, err)
	}
	return resp.StatusCode, nil
}
