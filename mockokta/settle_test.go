package mockokta

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A pair of applications is connected to one target, which asks the first for seven
// seconds and then knows Ana as soon as one of them has made her.
type pair struct {
	*org
	t    *testing.T
	apps [2]directory.AppID
	ana  directory.PersonID

	mu   sync.Mutex
	busy map[string]int // how often it still asks whoever has the token to wait
	made chan struct{}  // closed when Ana's account is there
	said []string       // who said what
}

func newPair(t *testing.T, c Config) *pair {
	t.Helper()
	p := &pair{t: t, busy: map[string]int{"Bearer first": 1}, made: make(chan struct{})}
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(p.answer)
	c.Target, c.Now = target, time.Now
	p.org = newOrg(c)
	t.Cleanup(p.close)
	ana, err := p.directory.CreatePerson(directory.Profile{"login": "ana", "email": "ana@example.test", "firstName": "Ana", "lastName": "Ruiz"}, true, false)
	require.NoError(t, err)
	p.ana = ana.ID
	for i, token := range []string{"first", "second"} {
		app, err := p.directory.CreateApp("Target", directory.TokenAuth)
		require.NoError(t, err)
		require.NoError(t, p.directory.Connect(app.ID, "http://target.test/scim", token))
		require.NoError(t, p.directory.SetConnected(app.ID, true))
		require.NoError(t, p.directory.Set(app.ID, directory.Settings{CreateUsers: true}))
		p.apps[i] = app.ID
	}
	return p
}

func (p *pair) answer(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	const ana = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"42","userName":"ana","active":true}`
	who := r.Header.Get("Authorization")
	status, body := http.StatusOK, ana
	switch list := strings.HasSuffix(r.URL.Path, "/Users"); {
	case p.busy[who] > 0:
		p.busy[who]--
		p.said = append(p.said, who+" waits")
		busy := httpmock.NewStringResponse(http.StatusTooManyRequests, "")
		busy.Header.Set("Retry-After", "7")
		return busy, nil
	case r.Method == http.MethodPost:
		status = http.StatusCreated
		close(p.made)
	case list && p.there():
		body = `{"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[` + ana + `]}`
	case list:
		body = `{"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`
	}
	p.said = append(p.said, who+" "+r.Method)
	return httpmock.NewStringResponse(status, body), nil
}

func (p *pair) there() bool {
	select {
	case <-p.made:
		return true
	default:
		return false
	}
}

// assign has Ana assigned in one of the applications.
func (p *pair) assign(i int) error {
	change, err := p.directory.Assign(p.apps[i], p.ana, nil)
	require.NoError(p.t, err)
	return p.changed(p.t.Context(), []directory.Effect{{App: p.apps[i], Change: change}})
}

func (p *pair) saidBy(who string) []string {
	var said []string
	for _, s := range p.said {
		if what, by := strings.CutPrefix(s, "Bearer "+who+" "); by {
			said = append(said, what)
		}
	}
	return said
}

// Where waits are virtual, one application begins when the other has ended, however
// long that one had to wait: so a target that they share has one history.
func TestAppsSettleInTurnWhereWaitsAreVirtual(t *testing.T) {
	p := newPair(t, Config{})
	require.NoError(t, p.assign(0))
	require.NoError(t, p.assign(1))
	require.NoError(t, p.settle(t.Context(), p.all()...))
	require.Equal(t, []string{
		"Bearer first waits", "Bearer first GET", "Bearer first POST",
		"Bearer second GET", "Bearer second GET", "Bearer second PUT",
	}, p.said)
	require.Empty(t, p.tasks())
}

// Where waits are real, a target that is too busy for one application holds up
// nobody else: here the first waits until the second has made Ana's account.
func TestAppsSettleByThemselvesWhereWaitsAreReal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p *pair
		p = newPair(t, Config{Wait: func(context.Context, time.Duration) error { <-p.made; return nil }})
		require.NoError(t, p.assign(0))
		require.NoError(t, p.assign(1))
		require.NoError(t, p.settle(t.Context(), p.all()...))
		require.Equal(t, []string{"waits", "GET", "GET", "PUT"}, p.saidBy("first"))
		require.Equal(t, []string{"GET", "POST"}, p.saidBy("second"))
		require.Empty(t, p.tasks())
	})
}

// Of an Okta that stands alone too: a change to the second application is answered
// while one to the first still is not.
func TestAChangeWaitsForItsOwnAppsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := make(chan struct{})
		p := newPair(t, Config{ServeSettles: true, Wait: func(context.Context, time.Duration) error { <-over; return nil }})
		first := make(chan error)
		go func() { first <- p.assign(0) }()
		synctest.Wait()
		require.Equal(t, []string{"waits"}, p.saidBy("first"))
		require.NoError(t, p.assign(1))
		require.Equal(t, []string{"GET", "POST"}, p.saidBy("second"))
		close(over)
		require.NoError(t, <-first)
		require.Equal(t, []string{"waits", "GET", "GET", "PUT"}, p.saidBy("first"))
		require.Empty(t, p.tasks())
	})
}

// Close ends what all of them wait for.
func TestCloseEndsTheWaitsOfAllApps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, Config{Wait: func(ctx context.Context, _ time.Duration) error { <-ctx.Done(); return ctx.Err() }})
		p.busy["Bearer second"] = 1
		require.NoError(t, p.assign(0))
		require.NoError(t, p.assign(1))
		settled := make(chan error)
		go func() { settled <- p.settle(t.Context(), p.all()...) }()
		synctest.Wait()
		require.ElementsMatch(t, []string{"Bearer first waits", "Bearer second waits"}, p.said)
		p.close()
		err := <-settled
		require.ErrorIs(t, err, context.Canceled)
		for _, app := range p.apps {
			require.ErrorContains(t, err, "settle application "+string(app)+": ")
		}
		require.Len(t, p.tasks(), 2)
	})
}
