package provision

import (
	"context"
	"net/http"
	"time"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// A Caller makes one SCIM call and waits for its answer. Any status is an
// answer; an error means that there was none.
type Caller interface {
	Call(ctx context.Context, r scim.Request) (scim.Answer, error)
}

// Play holds a dialogue with the target from beginning to end, without a
// schedule. The error is the Caller's.
func Play(ctx context.Context, target Caller, d Dialogue) (End, error) {
	for d.Hear != nil {
		a, err := target.Call(ctx, d.Say)
		if err != nil {
			return End{}, err
		}
		d = d.Hear(a)
	}
	return d.End, nil
}

// Patient is a Caller that makes the same call again when the target answers
// 429, as the [Engine] does.
type Patient struct {
	Caller
	// Wait passes the time that the target asks for; nil lets it pass at once.
	Wait func(context.Context, time.Duration) error
}

// Call returns the first answer that is not 429, or the last one.
func (p Patient) Call(ctx context.Context, r scim.Request) (scim.Answer, error) {
	var waits patience
	for {
		a, err := p.Caller.Call(ctx, r)
		if err != nil || a.Status != http.StatusTooManyRequests {
			return a, err
		}
		wait, again := waits.next(a.Header)
		if !again {
			return a, nil
		}
		if p.Wait != nil {
			if err := p.Wait(ctx, wait); err != nil {
				return scim.Answer{}, err
			}
		}
	}
}
