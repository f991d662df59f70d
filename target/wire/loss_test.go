package wire_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

// The target does what it is asked; Okta, the guard and the ledger hear nothing, until
// a lookup finds what was made.
func TestAnAnswerIsLostOnce(t *testing.T) {
	made := 0
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			made++
			rw.WriteHeader(http.StatusCreated)
			fmt.Fprintf(rw, `{"id":"%d","userName":"ana-r7k2"}`, 41+made)
		}
	})
	ledger := &book{}
	w := open(t, wire.Config{URL: base, Ledger: ledger})
	const account = `{"userName":"ana-r7k2"}`
	w.LoseNextCreate()
	require.False(t, w.Lost())

	_, err := send(w, evidence.Hand, ana, "GET", base+"/Users?filter=x", "")
	require.NoError(t, err, "only a create is lost")
	_, err = send(w, evidence.Okta, ana, "POST", base+"/Users", account)
	require.ErrorContains(t, err, "dropped: the answer, HTTP status 201, was lost on purpose")
	assert.True(t, w.Lost())
	assert.Equal(t, 1, made)
	assert.NoError(t, w.Trouble(), "it was meant")
	assert.Equal(t, []string{`intend user "ana-r7k2" ""`}, ledger.acts())
	lost := w.Exchanges()[1]
	assert.Zero(t, lost.Status)
	assert.Empty(t, lost.ResponseBody)
	assert.Equal(t, err.Error()[len(err.Error())-len(lost.Failure):], lost.Failure)
}

func TestWhatWasLostIsKnownFromALookupAlone(t *testing.T) {
	found := `{"totalResults":0,"Resources":[]}`
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
			io.WriteString(rw, found)
		default:
			io.WriteString(rw, `{"id":"42","userName":"ana-r7k2"}`)
		}
	})
	w := open(t, wire.Config{URL: base})
	w.LoseNextCreate()
	_, err := send(w, evidence.Okta, ana, "POST", base+"/Users", `{"userName":"ana-r7k2"}`)
	require.Error(t, err)

	_, err = send(w, evidence.Okta, ana, "PUT", base+"/Users/42", `{"userName":"ana-r7k2"}`)
	var denied *wire.Refused
	require.ErrorAs(t, err, &denied, "nobody has heard of the id")

	found = `{"totalResults":1,"Resources":[{"id":"42","userName":"ana-r7k2"}]}`
	_, err = send(w, evidence.Okta, ana, "GET", base+"/Users?filter=x", "")
	require.NoError(t, err)
	_, err = send(w, evidence.Okta, ana, "PUT", base+"/Users/42", `{"userName":"ana-r7k2"}`)
	require.NoError(t, err)
}

// What is refused, what is somebody else's and what is no create is not lost, and does
// not use the loss up.
func TestOnlyASuccessfulCreateOfOktasIsLost(t *testing.T) {
	status := http.StatusConflict
	base := serve(t, func(rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(status)
		io.WriteString(rw, `{"id":"42","userName":"ana-r7k2"}`)
	})
	w := open(t, wire.Config{URL: base})
	w.LoseNextCreate()
	const account = `{"userName":"ana-r7k2"}`
	_, err := send(w, evidence.Okta, ana, "POST", base+"/Users", account)
	require.NoError(t, err)
	status = http.StatusCreated
	_, err = send(w, evidence.Hand, ana, "POST", base+"/Users", account)
	require.NoError(t, err)
	_, err = send(w, evidence.Okta, ana, "PUT", base+"/Users/42", account)
	require.NoError(t, err)
	require.False(t, w.Lost())
	_, err = send(w, evidence.Okta, ana, "POST", base+"/Users", account)
	require.Error(t, err)
	_, err = send(w, evidence.Okta, ana, "POST", base+"/Users", account)
	require.NoError(t, err, "once")
}
