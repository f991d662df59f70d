package refserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
)

// Bounds on what an identity provider may take, and say, when it is asked who may
// sign on.
const (
	signOnTime = 10 * time.Second
	signOnBody = 64 << 10 // bytes
)

// askSignOn asks an identity provider whether a user may sign on. What does not come
// to an answer is the gateway's problem, and says so.
func (s *Server) askSignOn(ctx context.Context, signOn, user string) (iam.Login, error) {
	ctx, cancel := context.WithTimeout(ctx, signOnTime)
	defer cancel()
	u, err := url.Parse(signOn)
	if err != nil {
		return iam.Login{}, err
	}
	query := u.Query()
	query.Set("user", user)
	u.RawQuery = query.Encode()
	unanswered := func(format string, args ...any) (iam.Login, error) {
		return iam.Login{}, problemf(http.StatusBadGateway, "", "the identity provider at %s: %s", u.Host, fmt.Sprintf(format, args...))
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return iam.Login{}, err
	}
	r.Header.Set("Accept", "application/json")
	resp, err := s.SignOn.RoundTrip(r) // which follows no redirect
	if err != nil {
		return unanswered("it cannot be reached: %v", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return unanswered("it answered with status %d, and 200 is expected", resp.StatusCode)
	}
	body, err := resource.Read(http.MaxBytesReader(nil, resp.Body, signOnBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return unanswered("its answer has more than %d bytes", signOnBody)
	case err != nil:
		return unanswered("its answer cannot be read: %v", err)
	}
	l, err := iam.ReadLogin(body)
	if err != nil {
		return unanswered("its answer cannot be understood: %v", err)
	}
	return l, nil
}

// overTheNetwork carries questions to identity providers, by no proxy, and not to
// the link: what answers there is the machine's own, such as a cloud's metadata.
func overTheNetwork() http.RoundTripper {
	dialer := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if ip := at.Addr(); err != nil || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast() {
			return fmt.Errorf("the address %s is not asked", address)
		}
		return nil
	}}
	return &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: signOnBody}
}
