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
