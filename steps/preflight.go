package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

// plainly is the trouble without its kind, where the sentence around it says the
// same already.
func plainly(t *wire.Trouble) error {
	if t.Kind == wire.Unreachable {
		return t.Err
	}
	return t
}

// preflight asks, before anything is made, whether the target is there and knows
// the credentials. What it answers beyond that is for the scenarios to judge.
func (r *run) preflight(ctx context.Context) evidence.End {
	endpoint, err := r.config.Target.Tenant(ctx)
	if err != nil {
		return evidence.End{Stopped: "no tenant at the target: " + err.Error()}
	}
	w, err := r.wire(endpoint, nil)
	if err != nil {
		return evidence.End{Stopped: err.Error(), Unusable: true}
	}
	defer w.Close()
	status, err := r.eyes(endpoint, w, evidence.Eyes).Knock(ctx)
	var trouble *wire.Trouble
	switch {
	case ctx.Err() != nil:
		return evidence.End{Stopped: "interrupted before it began", Interrupted: true}
	case errors.As(err, &trouble):
		return evidence.End{Stopped: fmt.Sprintf("%s cannot be reached: %v; check the address, and that the server is running", endpoint.URL, plainly(trouble))}
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return evidence.End{Unusable: true, Stopped: fmt.Sprintf(
			"%s refuses the token (HTTP status %d): check --token or SCIMPROOF_TOKEN, or what --basic or --header gives", endpoint.URL, status)}
	}
	return evidence.End{}
}
