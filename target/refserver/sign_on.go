package refserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
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

// overTheNetwork carries questions to identity providers, by no proxy. Which address
// may be asked is decided when it is dialled, whatever name it goes by.
func overTheNetwork() http.RoundTripper {
	dialer := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error { return mayAsk(address) }}
	return &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: signOnBody}
}

// mayAsk refuses the addresses where a cloud tells a machine what is secret, and those
// that are no one machine's. The machine itself and its private networks are asked, since
// an identity provider may be there: who has the administration credential can reach them
// by it.
func mayAsk(address string) error {
	at, err := netip.ParseAddrPort(address)
	ip := inside(at.Addr().WithZone(""))
	if err != nil || ip.IsLinkLocalUnicast() || ip.IsMulticast() || thisNetwork.Contains(ip) || ip.IsUnspecified() || slices.Contains(metadata, ip) {
		return fmt.Errorf("the address %s is not asked", address)
	}
	return nil
}

var (
	// metadata are the services that are not on the link, where 169.254.169.254 is: those
	// of Alibaba Cloud and, over IPv6, of AWS (documented by each). Others are not known
	// to the reference server.
	metadata = []netip.Addr{netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("fd00:ec2::254")}

	thisNetwork = netip.MustParsePrefix("0.0.0.0/8")    // RFC 1122, section 3.2.1.3
	translated  = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052, section 2.1
)

// inside is the IPv4 address that an IPv6 address stands for, by mapping or by
// translation under the prefix that is the same everywhere; any other address is itself.
func inside(ip netip.Addr) netip.Addr {
	if ip = ip.Unmap(); !translated.Contains(ip) {
		return ip
	}
	b := ip.As16()
	return netip.AddrFrom4([4]byte(b[12:]))
}
