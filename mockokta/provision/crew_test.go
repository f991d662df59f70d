package provision

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/scim"
)

type callerFunc func(context.Context, scim.Request) (scim.Answer, error)

func (f callerFunc) Call(ctx context.Context, r scim.Request) (scim.Answer, error) { return f(ctx, r) }

func TestCallsAreMadeInTheOrderInWhichTheyWereAskedFor(t *testing.T) {
	asked, heard := make(chan struct{}), []string{}
	c := hire(t.Context(), callerFunc(func(_ context.Context, r scim.Request) (scim.Answer, error) {
		<-asked
		heard = append(heard, r.Path)
		return scim.Answer{}, nil
	}), 1, func() time.Time { return time.Time{} })
	defer c.dismiss()
	var want []string
	var answers []<-chan answered
	for n := range 10 {
		want = append(want, fmt.Sprint("/Users/", n))
		answers = append(answers, c.call(scim.Subject{}, scim.Request{Path: want[n]}))
	}
	close(asked)
	for _, a := range answers {
		<-a
	}
	require.Equal(t, want, heard)
}
