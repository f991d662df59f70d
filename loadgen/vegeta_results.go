package loadgen

import (
	"io"
	"sync"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/reports/evidence"
)

// VegetaResults writes each dialogue as one of vegeta's results, in vegeta's own
// encoding (gob), which its report, plot and encode read. It is a Witness.
//
// A result is a person's whole dialogue and not one request, since a dialogue is what
// is paced. Its timestamp is when the dialogue was due, and its latency reaches from
// there to the last byte: what vegeta measures by itself begins with the sending, and
// would not show who had to wait for it. The attack is named for the phase, and the
// method is the kind of dialogue. The code is 200 where Okta was content, and otherwise
// 0 with the reason as the error: a dialogue has no HTTP status. Addresses, bodies and
// sizes are left empty. A dialogue that never began is not in it.
type VegetaResults struct {
	redact *evidence.Redactor

	mu     sync.Mutex
	encode vegeta.Encoder
	err    error
}

// NewVegetaResults writes to w, a result of some hundred bytes for each dialogue.
func NewVegetaResults(w io.Writer, redact *evidence.Redactor) *VegetaResults {
	return &VegetaResults{redact: redact, encode: vegeta.NewEncoder(w)}
}

func (v *VegetaResults) Begins(crowd.Phase, crowd.Kind) {}

func (v *VegetaResults) Answered(string, int, time.Duration) {}

func (v *VegetaResults) Ended(e Ended) {
	if e.Fate == notBegun.String() {
		return
	}
	r := vegeta.Result{Attack: string(e.Phase), Seq: uint64(e.N), Code: 200, Timestamp: e.Due, Latency: e.Took, Method: string(e.Kind)}
	if e.Fate != done.String() {
		r.Code, r.Error = 0, e.Fate
		if e.Why != "" {
			r.Error += ": " + evidence.Inert(v.redact.Text(e.Why))
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.err == nil { // a full disk stays full: the run goes on
		v.err = v.encode.Encode(&r)
	}
}

// Err is the first trouble there was with writing.
func (v *VegetaResults) Err() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.err
}
