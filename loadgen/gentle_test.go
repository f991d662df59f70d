package loadgen

import (
	"context"
	"net/http"
	"testing"

	"golang.org/x/time/rate"
)

type counted int

func (c *counted) RoundTrip(*http.Request) (*http.Response, error) {
	*c++
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

func TestTheGentleSendNothingBeforeItsTime(t *testing.T) {
	var sent counted
	g := gentle{&sent, rate.NewLimiter(rate.Limit(1e-9), 1)}
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://sp.example.test/Users", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.RoundTrip(r); err != nil || sent != 1 {
		t.Fatalf("the first request was not sent: %v", err)
	}
	cancel()
	if _, err := g.RoundTrip(r); err == nil || sent != 1 {
		t.Errorf("a second request was sent before its time, or its end was not told: %d, %v", sent, err)
	}
}
