package loadgen

import (
	"net/http"

	"golang.org/x/time/rate"
)

// gentle sends no more requests a second than a limiter allows: what follows a
// crowd at a stranger's server must not burden it more than the crowd did.
type gentle struct {
	http.RoundTripper
	*rate.Limiter
}

func (g gentle) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.Wait(r.Context()); err != nil {
		return nil, err
	}
	return g.RoundTripper.RoundTrip(r)
}
