package target

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/scimproof/scimproof/target/fault"
	"github.com/scimproof/scimproof/target/refserver"
)

// Bundled starts the reference server in this process, on a loopback port of its
// own, and gives every scenario a tenant (IAM) of its own. faults are mistakes to
// put in front of it. listen is an address; "" means any free port on loopback.
// The caller closes the target.
func Bundled(listen string, faults ...fault.Fault) (Target, error) {
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return Target{}, fmt.Errorf("start the bundled server: %w", err)
	}
	admin := rand.Text()
	var handler http.Handler = refserver.New(refserver.Config{AdminToken: admin})
	for _, f := range faults {
		handler = f.In(handler)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	url := "http://" + listener.Addr().String()
	tenants := &tenants{url: url + "/admin/v1", token: admin, http: &http.Client{Timeout: time.Minute}}
	return Target{
		Kind:    KindBundled,
		Name:    "the bundled reference server",
		URL:     url,
		Ours:    true,
		Secrets: []string{admin},
		Tenant:  tenants.add,
		Admin:   &Admin{URL: tenants.url, Token: admin},
		Close: func() error {
			err := server.Close()
			tenants.http.CloseIdleConnections()
			if end := <-served; !errors.Is(end, http.ErrServerClosed) {
				err = errors.Join(err, end)
			}
			return err
		},
	}, nil
}

// tenants makes IAMs over the administration API.
type tenants struct {
	url, token string
	http       *http.Client
	count      atomic.Int64
}

func (t *tenants) add(ctx context.Context) (Endpoint, error) {
	screens := &Screens{url: t.url, token: t.token, http: t.http}
	name, err := json.Marshal(map[string]string{"display_name": fmt.Sprintf("okta-%d", t.count.Add(1))})
	if err != nil {
		return Endpoint{}, err
	}
	var iam struct {
		ID  string `json:"id"`
		URL string `json:"scim_url"`
		Key string `json:"scim_key"`
	}
	if _, err := screens.call(ctx, http.MethodPost, "/iams", name, &iam); err != nil {
		return Endpoint{}, err
	}
	screens.IAM = iam.ID
	return Endpoint{URL: iam.URL, Token: iam.Key, Screens: screens}, nil
}

func newAdminRequest(ctx context.Context, method, url, token string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}
