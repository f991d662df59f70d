package target

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// Screens read what the provider's administrator would see of one tenant: our
// own server's administration API, which stands in for the provider's screens.
type Screens struct {
	IAM   string // the tenant's id on the screens
	url   string // of the administration API
	token string
	http  *http.Client
}

// A Screen is one account as the screens show it.
type Screen struct {
	UserName string `json:"userid"`
	IAM      string `json:"iamid"`
	Disabled bool   `json:"disabled"`

	// Attributes are the provider's own, by prefix and name in lower case.
	Attributes map[string][]string `json:"iamAuthorizations"`
	Profile    struct {
		ExternalUsernames map[string]string `json:"externalUserIds"` // by platform: "snowflakeUser"
	} `json:"profile"`
}

// Account reads one account; nil when the screens have no row for it.
func (s *Screens) Account(ctx context.Context, userName string) (*Screen, error) {
	var screen Screen
	status, err := s.call(ctx, http.MethodGet, "/iams/"+url.PathEscape(s.IAM)+"/accounts/"+url.PathEscape(userName), nil, &screen)
	if status == http.StatusNotFound {
		return nil, nil
	}
	return &screen, err
}

// TakeAttributes lets the attributes of one extension, and of no other, become
// the provider's under a prefix: one row of the attribute schema.
func (s *Screens) TakeAttributes(ctx context.Context, urn, prefix string) error {
	return s.set(ctx, map[string]any{"attribute_schema": []map[string]string{{"scim_schema": urn, "prefix": prefix}}})
}

// MapUsername makes one of the provider's attributes, prefix included, the username
// on a data platform, and maps no other.
func (s *Screens) MapUsername(ctx context.Context, platform, attribute string) error {
	return s.set(ctx, map[string]any{"external_usernames": map[string]string{platform: attribute}})
}

func (s *Screens) set(ctx context.Context, settings map[string]any) error {
	body, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	var saved struct{}
	_, err = s.call(ctx, http.MethodPatch, "/iams/"+url.PathEscape(s.IAM), body, &saved)
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
		return resp.StatusCode, fmt.Errorf("the provider's screens: %s %s was answered with %s", method, path, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return resp.StatusCode, fmt.Errorf("the provider's screens: %s %s: %w", method, path, err)
	}
	return resp.StatusCode, nil
}
