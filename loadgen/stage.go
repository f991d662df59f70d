package loadgen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

// A stage is where the dialogues of one phase are played: to vegeta it is a
// transport, and each hit on it is one person's whole dialogue.
type stage struct {
	*line
	phase     crowd.Phase
	from      int // the person of the first deed: a search tries each rate on others
	plan      crowd.Plan
	kinds     []crowd.Kind // of the phase
	dialogues Dialogues
	roster    *roster
	crowd     *wire.Crowd
	announced *forerunner // nil keeps no ledger
	virtual   bool        // waits after a 429 pass at once
	counts    bool        // a 429 ends its dialogue, and is counted
	patience  *patience

	soft, hard context.Context // no new dialogue, and no request any more
	giveUp     context.CancelCauseFunc
	closed     *atomic.Int32 // dialogues in a row that found nobody, or nobody who answers
}

// An ending is how one dialogue ended.
type ending struct {
	fate   fate
	lost   bool   // the target took the connection, and dropped it or said nothing
	id     string // the account's or the group's, when Okta knows it
	learnt bool   // the id is the subject's by what the target answered
	mayBe  bool   // the target may hold something that was made
	over   bool   // of what may be: each create was answered, and none is on its way any more
	why    string // in few words, the same for all that failed in the same way; "" when nothing failed
	words  string // what Okta's administrator would read
}

var errNotBegun = errors.New("not begun: the run was interrupted, or there is nothing to say")

// RoundTrip plays the dialogue whose turn it is: the hit's sequence number is the
// deed's. Vegeta's own headers never reach the target.
func (s *stage) RoundTrip(hit *http.Request) (*http.Response, error) {
	n, err := strconv.Atoi(hit.Header.Get("X-Vegeta-Seq"))
	if err != nil {
		return nil, fmt.Errorf("a hit without its sequence number: %w", err)
	}
	deed := s.plan.Deed(s.phase, n)
	deed.Person += s.from
	if s.announced != nil && (deed.Kind == crowd.KindOnboard) {
		s.announced.began(deed.Person) // also of somebody who then does not: others may wait for it
	}
	if s.soft.Err() != nil {
		return nil, errNotBegun
	}
	intended := s.tally.starts(n, s.now())
	s.witness.Begins(s.phase, deed.Kind)
	e := s.play(deed)
	s.roster.ended(deed, e)
	now := s.now()
	s.tally.ends(n, slices.Index(s.kinds, deed.Kind), intended, now, e)
	s.witness.Ended(Ended{Phase: s.phase, Kind: deed.Kind, N: n, Due: intended, Took: now.Sub(intended), Fate: e.fate.String(), Why: e.why})
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: hit}, nil
}

// play holds the dialogue about a deed.
func (s *stage) play(deed crowd.Deed) ending {
	defer s.roster.turn(deed)()
	kind, subject := s.about(deed)
	passage := s.crowd.For(evidence.Okta, subject)
	if id, known := s.roster.knows(deed); known {
		passage.Knows(kind, id)
	}
	dialogue := s.dialogues.say(deed, s.roster)
	if dialogue.Hear == nil {
		return ending{fate: notBegun}
	}
	ctx, call, hangUp := s.converse(s.soft, s.hard, passage)
	defer hangUp()
	end, err := provision.Play(ctx, s.patient(call), dialogue)
	e := judge(end, err)
	if deed.Kind == crowd.KindImport && errors.Is(err, wire.ErrTooLong) {
		e.fate = unanswered // how long a page is, is for who asks for it to say
	}
	e.mayBe = passage.MayHaveMade()
	e.over = e.mayBe && !call.pending
	if s.roster.keeps && e.id != "" {
		e.learnt = passage.Learnt(kind, e.id)
	}
	s.count(e, err)
	s.announce(deed, kind, subject.Name, e)
	return e
}

// about says what kind of record a deed is about, and which.
func (s *stage) about(deed crowd.Deed) (kind string, subject wire.Subject) {
	switch deed.Kind {
	case crowd.KindImport:
		return "", wire.Subject{}
	case crowd.KindPush, crowd.KindMembers, crowd.KindJoin, crowd.KindLeave:
		name := s.dialogues.Groups.Name(deed.Group)
		return evidence.Group, wire.Subject{Key: name, Name: name}
	}
	name := s.dialogues.People.UserName(deed.Person)
	return evidence.User, wire.Subject{Key: name, Name: name}
}

// announce takes down what a dialogue has made, or that it made nothing.
func (s *stage) announce(deed crowd.Deed, kind, name string, e ending) {
	makes := deed.Kind == crowd.KindOnboard || deed.Kind == crowd.KindPush
	switch {
	case s.announced == nil || !makes:
	case e.id != "":
		s.announced.made(kind, name, e.id)
	case !e.mayBe:
		s.announced.nothing(kind, name)
	}
}

// judge says how a dialogue ended. What is not the network's nor ours is the
// target's.
func judge(end provision.End, err error) ending {
	var trouble *wire.Trouble
	switch {
	case err == nil && end.Err == nil:
		return ending{fate: done, id: end.ID}
	case err == nil:
		return ending{fate: refused, why: cause(end.Err), words: end.Err.Error()}
	case errors.Is(err, errThrottled):
		return ending{fate: throttled, why: "throttled", words: err.Error()}
	case errors.Is(err, wire.ErrTooLong):
		return ending{fate: refused, why: "an answer that is longer than is read", words: err.Error()}
	case errors.Is(err, errUnwritable):
		return ending{fate: stopped}
	case !errors.As(err, &trouble):
		return ending{fate: refused, why: "an answer that cannot be read", words: err.Error()}
	case trouble.Kind == wire.Denied:
		return ending{fate: guarded, why: "Okta would now have overwritten another account", words: err.Error()}
	case trouble.Kind == wire.Stopped:
		return ending{fate: stopped}
	}
	return ending{fate: unanswered, lost: dropped(err), why: string(trouble.Kind), words: err.Error()}
}

// cause is what failures have in common that name different people.
func cause(err error) string {
	var answer *scim.Error
	if !errors.As(err, &answer) {
		for errors.Unwrap(err) != nil {
			err = errors.Unwrap(err)
		}
		return err.Error()
	}
	if answer.ScimType != "" {
		return fmt.Sprintf("HTTP status %d, %s", answer.Status, answer.ScimType)
	}
	return fmt.Sprintf("HTTP status %d", answer.Status)
}

// refusedInARow ends a run whose target is not there any more, or says nothing.
const refusedInARow = 3

// count ends the run when nobody listens at the target.
func (s *stage) count(e ending, err error) {
	var trouble *wire.Trouble
	if errors.As(err, &trouble) && (trouble.Kind == wire.Unreachable || trouble.Kind == wire.Silent) {
		if s.closed.Add(1) >= refusedInARow {
			s.giveUp(trouble)
		}
		return
	}
	if e.fate == done || e.fate == refused {
		s.closed.Store(0)
	}
}

var errThrottled = errors.New("throttled")

// patient obeys a 429 as Okta does, or ends the dialogue at the first one.
func (s *stage) patient(call provision.Caller) provision.Caller {
	if s.counts {
		return impatient{call}
	}
	return provision.Patient{Caller: call, Wait: s.waits()}
}

// An impatient caller takes a 429 for the end of its dialogue. Okta would wait: this is
// for whoever wants to see how many requests a limit turns away.
type impatient struct{ provision.Caller }

func (i impatient) Call(ctx context.Context, r scim.Request) (scim.Answer, error) {
	a, err := i.Caller.Call(ctx, r)
	if err == nil && a.Status == http.StatusTooManyRequests {
		err = fmt.Errorf("%w: %s %s was answered with 429, which was to be counted", errThrottled, r.Method, r.Path)
	}
	return a, err
}

// waits is how one dialogue waits for a 429: not at all where the time is virtual, as at
// our own server that is set no limits, and really elsewhere, as long as the patience of
// the run lasts. Then nobody new begins.
func (s *stage) waits() func(context.Context, time.Duration) error {
	return func(_ context.Context, d time.Duration) error {
		s.tally.waits(d)
		if s.virtual {
			return nil
		}
		err := s.patience.wait(s.soft, d)
		switch {
		case err == nil:
			return nil
		case s.soft.Err() != nil && !errors.Is(err, errThrottled):
			return &wire.Trouble{Kind: wire.Stopped, Err: err}
		}
		s.giveUp(err)
		return err
	}
}
