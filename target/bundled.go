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
	"time"

	"github.com/scimproof/scimproof/target/fault"
	"github.com/scimproof/scimproof/target/limit"
	"github.com/scimproof/scimproof/target/refserver"
	"github.com/scimproof/scimproof/target/refserver/store"
	"github.com/scimproof/scimproof/target/refserver/store/storefault"
)

// Bundled starts the reference server in this process, on a loopback port of its
// own, and gives every scenario a tenant (IAM) of its own. faults are mistakes to
// put in front of it, or into its store. listen is an address; "" means any free port on loopback.
// The caller closes the target.
func Bundled(listen string, faults ...fault.Fault) (Target, error) {
	return Serve(listen, rand.Text(), faults...)
}

// Serve is Bundled with an administration credential that the caller has chosen,
// and so need not be told.
func Serve(listen, admin string, faults ...fault.Fault) (Target, error) {
	return ServeWithin(limit.Limits{}, listen, admin, faults...)
}

// ServeWithin is Serve for a server that allows its clients no more than so much.
func ServeWithin(l limit.Limits, listen, admin string, faults ...fault.Fault) (Target, error) {
	kept, err := mistaken(faults)
	if err != nil {
		return Target{}, fmt.Errorf("start the bundled server: %w", err)
	}
	server := refserver.New(refserver.Config{AdminToken: admin, Store: kept})
	url, stop, err := open(listen, ready(l.In(faulty(server, faults))))
	if err != nil {
		return Target{}, fmt.Errorf("start the bundled server: %w", err)
	}
	return Reference(KindBundled, "the bundled reference server", url, admin, stop), nil
}

// mistaken is a store with those mistakes in it that are a store's.
func mistaken(faults []fault.Fault) (kept store.Store, err error) {
	kept = store.NewMemory()
	for _, f := range faults {
		if !f.InStore() {
			continue
		}
		if kept, err = storefault.In(f.Name, kept); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// faulty puts mistakes in front of a server.
func faulty(handler http.Handler, faults []fault.Fault) http.Handler {
	for _, f := range faults {
		handler = f.In(handler)
	}
	return handler
}

// open serves at an address, "" for a free port of the loopback interface, until
// stop, and returns the origin.
func open(listen string, handler http.Handler) (origin string, stop func() error, err error) {
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() error {
		err := server.Close()
		if end := <-served; !errors.Is(end, http.ErrServerClosed) {
			err = errors.Join(err, end)
		}
		return err
	}, nil
}

// Ready is the path at which our own server says, to anybody, that it is up.
const Ready = "/healthz"

// ready answers Ready with 200, and leaves everything else, untouched, to next: a
// ServeMux would tidy paths.
func ready(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != Ready {
			next.ServeHTTP(w, r)
		}
	})
}

// Reference is our own server where somebody has started it: kind and name say
// where that is, url is its origin, and admin the credential of its
// administration API, which makes a tenant for each scenario. stop ends the
// server.
func Reference(kind, name, url, admin string, stop func() error) Target {
	tenants := &tenants{
		url:   url + "/admin/v1",
		token: admin,
		http:  &http.Client{Timeout: time.Minute, Transport: &http.Transport{}},
	}
	return Target{
		Kind:    kind,
		Name:    name,
		URL:     url,
		Ours:    true,
		Secrets: []string{admin},
		Tenant:  tenants.add,
		Admin:   &Admin{URL: tenants.url, Token: admin, Page: url + "/admin"},
		Close: func() error {
			tenants.http.CloseIdleConnections()
			return stop()
		},
	}
}

// tenants makes IAMs over the administration API.
type tenants struct {
	url, token string
	http       *http.Client
}

func (t *tenants) add(ctx context.Context) (Endpoint, error) {
	screens := &Screens{url: t.url, token: t.token, http: t.http}
	name, err := json.Marshal(map[string]string{"display_name": "okta-" + rand.Text()})
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
