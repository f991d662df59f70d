package pace

import (
	"context"
	"net/http"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// An Attack is so many hits at a rate, on vegeta. It ends by count, never by time.
type Attack struct {
	Schedule Schedule
	People   int
	// Workers is how many dialogues there may be at a time, about 40 KB of memory
	// each. In a closed loop there are always so many.
	Workers int
	Began   func(time.Time) // told the schedule's beginning, before the first hit
	Now     func() time.Time
}

// Run makes each hit on the stage once and returns when the last one is in. When
// ctx ends no new hit begins, and those that were begun are waited for. Each is
// told, one at a time, that one more has ended.
func (a Attack) Run(ctx context.Context, stage http.RoundTripper, each func()) {
	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: stage}),
		vegeta.MaxWorkers(uint64(a.Workers)),
	)
	unhook := context.AfterFunc(ctx, func() { attacker.Stop() })
	defer unhook()
	pace := &pacer{Schedule: a.Schedule, ctx: ctx, people: a.People, began: a.Began, now: a.Now, nap: nap}
	for range attacker.Attack(anybody, pace, 0, "") {
		each()
	}
}

// anybody is the target of every hit: whose turn it is, the stage knows from its
// sequence number.
func anybody(t *vegeta.Target) error {
	t.Method, t.URL = http.MethodGet, "http://person.invalid/"
	return nil
}
