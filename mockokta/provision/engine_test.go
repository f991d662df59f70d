package provision_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A plain dialogue asks once for the person's or group's own path and keeps
// the id that its answer's body is.
func plain(op provision.Op, f provision.Facts) provision.Dialogue {
	path := "/Users/" + f.User.UserName
	if f.GroupName != "" {
		path = "/Groups/" + f.GroupName
	}
	return provision.Dialogue{Say: scim.Request{Method: http.MethodPost, Path: path}, Hear: func(a scim.Answer) provision.Dialogue {
		if a.Status != http.StatusOK {
			return provision.Dialogue{End: provision.End{Err: fmt.Errorf("the target answered %d", a.Status)}}
		}
		_, disabled := op.(provision.DisableUser)
		return provision.Dialogue{End: provision.End{ID: string(a.Body), Gone: disabled}}
	}}
}

// answering is a Caller made of a function.
type answering func(context.Context, scim.Request) (scim.Answer, error)

func (f answering) Call(ctx context.Context, r scim.Request) (scim.Answer, error) { return f(ctx, r) }

func okay(_ context.Context, r scim.Request) (scim.Answer, error) {
	return scim.Answer{Status: http.StatusOK, Body: []byte("id of " + r.Path)}, nil
}

// limited answers 429 with each of the headers, then okay.
func limited(retryAfter ...string) answering {
	n := 0
	return func(ctx context.Context, r scim.Request) (scim.Answer, error) {
		if n++; n > len(retryAfter) {
			return okay(ctx, r)
		}
		h := http.Header{}
		if retryAfter[n-1] != "" {
			h.Set("Retry-After", retryAfter[n-1])
		}
		return scim.Answer{Status: http.StatusTooManyRequests, Header: h}, nil
	}
}

func TestWaitsAfter429(t *testing.T) {
	for name, tt := range map[string]struct {
		answers []string // Retry-After of each 429
		want    []time.Duration
		failed  bool
	}{
		"seconds are obeyed exactly":                {[]string{"7", "3"}, []time.Duration{7 * time.Second, 3 * time.Second}, false},
		"nothing said is five minutes":              {[]string{""}, []time.Duration{5 * time.Minute}, false},
		"a date is nothing said":                    {[]string{"Wed, 21 Oct 2026 07:28:00 GMT"}, []time.Duration{5 * time.Minute}, false},
		"a fraction is nothing said":                {[]string{"1.5"}, []time.Duration{5 * time.Minute}, false},
		"a negative number is nothing said":         {[]string{"-1"}, []time.Duration{5 * time.Minute}, false},
		"each further wait doubles the one before":  {[]string{"", "", ""}, []time.Duration{5 * time.Minute, 10 * time.Minute, 20 * time.Minute}, false},
		"one that the target named counts for none": {[]string{"7", "", "3", ""}, []time.Duration{7 * time.Second, 5 * time.Minute, 3 * time.Second, 10 * time.Minute}, false},
		"ten attempts are enough": {
			slices.Repeat([]string{"1"}, 10), slices.Repeat([]time.Duration{time.Second}, 9), true,
		},
		"a ninth 429 still is not the end": {
			slices.Repeat([]string{"1"}, 9), slices.Repeat([]time.Duration{time.Second}, 9), false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var waited []time.Duration
			o := open(t, provision.AIW, provision.Config{
				Target: limited(tt.answers...), Talk: plain,
				Wait: func(_ context.Context, d time.Duration) error { waited = append(waited, d); return nil },
			})
			o.assign(o.person("ana"))
			o.settle()
			require.Equal(t, tt.want, waited)
			require.Equal(t, tt.failed, len(o.Tasks()) == 1)

			var again []time.Duration
			patient := provision.Patient{Caller: limited(tt.answers...), Wait: func(_ context.Context, d time.Duration) error {
				again = append(again, d)
				return nil
			}}
			_, err := provision.Play(t.Context(), patient, plain(provision.EnsureUser{}, provision.Facts{}))
			require.NoError(t, err)
			require.Equal(t, tt.want, again, "without a schedule")
		})
	}
}

// A real wait counts from when the 429 was really received.
func TestARealWaitCountsFromTheAnswer(t *testing.T) {
	var passed time.Duration // the clock goes on by a second whenever it is looked at
	var waited []time.Duration
	o := open(t, provision.AIW, provision.Config{
		Target: limited("7", "1"), Talk: plain, Knobs: provision.Knobs{Workers: 1},
		Now:  func() time.Time { passed += time.Second; return time.Unix(0, 0).Add(passed) },
		Wait: func(_ context.Context, d time.Duration) error { waited = append(waited, d); return nil },
	})
	o.assign(o.person("ana"))
	o.settle()
	require.Equal(t, []time.Duration{6 * time.Second}, waited, "the second wait was over before anybody looked")
}

func TestAWaitThatIsRefusedIsATask(t *testing.T) {
	o := open(t, provision.AIW, provision.Config{
		Target: limited("7"), Talk: plain,
		Wait: func(context.Context, time.Duration) error { return errors.New("the budget is spent") },
	})
	ana := o.person("ana")
	o.assign(ana)
	o.settle()
	require.Len(t, o.Tasks(), 1)
	require.Equal(t, "provision "+string(ana)+": wait as the target asked with 429: the budget is spent", o.Tasks()[0].Error)
}

func TestA429HoldsUpNobodyElse(t *testing.T) {
	var order []string
	once := true
	o := open(t, provision.AIW, provision.Config{Knobs: provision.Knobs{Workers: 1}, Talk: plain, Target: answering(func(ctx context.Context, r scim.Request) (scim.Answer, error) {
		order = append(order, r.Path)
		if strings.Contains(r.Path, "ana") && once {
			once = false
			return scim.Answer{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}}, nil
		}
		return okay(ctx, r)
	})})
	ana, bo := o.person("ana"), o.person("bo")
	o.assign(ana, bo)
	o.made(o.UpdateProfile(ana, directory.Profile{"title": "Analyst"}))
	o.settle()
	require.Equal(t, []string{"/Users/ana@example.test", "/Users/ana@example.test"}, order[len(order)-2:], "Ana's second Op waits for her first")
	require.Contains(t, order[:2], "/Users/bo@example.test")
}

func TestWhatFailsBecomesATask(t *testing.T) {
	for name, tt := range map[string]struct {
		target provision.Caller
		want   string
	}{
		"a refusal, in the dialogue's words": {
			answering(func(context.Context, scim.Request) (scim.Answer, error) { return scim.Answer{Status: 503}, nil }),
			"the target answered 503",
		},
		"no answer, with the cause": {
			answering(func(context.Context, scim.Request) (scim.Answer, error) {
				return scim.Answer{}, errors.New("connection refused")
			}),
			"Automatic provisioning of user ana@example.test to app Immuta failed: Error while creating user ana@example.test: no whole answer: connection refused",
		},
	} {
		t.Run(name, func(t *testing.T) {
			calls := 0
			o := open(t, provision.AIW, provision.Config{Talk: plain, Target: answering(func(ctx context.Context, r scim.Request) (scim.Answer, error) {
				calls++
				return tt.target.Call(ctx, r)
			})})
			ana := o.person("ana")
			o.assign(ana)
			o.settle()
			require.Equal(t, []provision.Task{{ID: 1, Person: ana, Op: "provision " + string(ana), Error: tt.want, When: time.Unix(0, 0)}}, o.Tasks())
			require.Equal(t, provision.Standing{Error: tt.want}, o.Account(ana))
			require.Equal(t, 1, calls, "Okta does not try again by itself")
		})
	}
}

func TestAnInterruptedSettleLeavesNothingRunning(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	o := open(t, provision.AIW, provision.Config{Knobs: provision.Knobs{Workers: 1}, Talk: plain, Target: answering(func(ctx context.Context, r scim.Request) (scim.Answer, error) {
		if calls++; calls == 1 {
			cancel()
			<-ctx.Done()
			return scim.Answer{}, ctx.Err()
		}
		return okay(ctx, r)
	})})
	ana, bo := o.person("ana"), o.person("bo")
	o.assign(ana)
	o.made(o.UpdateProfile(ana, directory.Profile{"title": "Analyst"}))
	require.ErrorIs(t, o.Settle(ctx), context.Canceled)
	require.Len(t, o.Tasks(), 1)
	require.Equal(t, "provision 00uMOCK0000000000001: interrupted: context canceled", o.Tasks()[0].Error)
	require.True(t, o.Account(ana).Busy, "what had not begun waits for the next Settle")

	o.assign(bo)
	o.settle()
	require.Len(t, o.Tasks(), 1)
	require.Equal(t, 3, calls)
	require.Equal(t, provision.Standing{ID: "id of /Users/bo@example.test"}, o.Account(bo))
}

// Groups go alone, and with four hundred of them others come to wait while the
// first is in flight.
func TestWhoWaitsForTheirTurnWhenInterruptedSpeaksNextTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	begun := make(chan struct{}, 400)
	heard := map[string]int{}
	o := open(t, provision.AIW, provision.Config{
		Talk: func(op provision.Op, f provision.Facts) provision.Dialogue {
			begun <- struct{}{}
			return plain(op, f)
		},
		Target: answering(func(call context.Context, r scim.Request) (scim.Answer, error) {
			heard[r.Path]++
			if ctx.Err() != nil {
				return okay(call, r)
			}
			for range 3 {
				<-begun
			}
			cancel()
			<-call.Done()
			return scim.Answer{}, call.Err()
		}),
	})
	for n := range 400 {
		name := fmt.Sprint("group", n)
		o.push(o.group(name), name)
	}
	require.ErrorIs(t, o.Settle(ctx), context.Canceled)
	require.Len(t, o.Tasks(), 1, "who had not spoken has not failed")
	o.settle()
	require.Len(t, o.Tasks(), 1)
	require.Len(t, heard, 400)
}

func TestOnlyWhoIsLinkedIsPushed(t *testing.T) {
	members := map[string][]string{}
	o := open(t, provision.OIN, provision.Config{Target: answering(okay), Talk: func(op provision.Op, f provision.Facts) provision.Dialogue {
		if f.GroupName != "" {
			for _, m := range f.Members {
				members[op.String()] = append(members[op.String()], m.Value+" = "+m.Display)
			}
		}
		return plain(op, f)
	}})
	ana, bo, g := o.person("ana"), o.person("bo"), o.group("Analysts")
	o.assign(ana)
	o.settle()
	o.made(o.AddMembers(g, ana, bo))
	m := o.push(g, "Analysts")
	o.settle()
	require.Equal(t, map[string][]string{"push " + string(g): {"id of /Users/ana@example.test = ana@example.test"}}, members)

	clear(members)
	o.did(o.Unassign(o.app, ana))
	o.settle()
	o.did(o.PushNow(o.app, m))
	o.settle()
	require.Empty(t, members, "who was disabled is not pushed any more")
}

func TestWhatOktaForgetsWithoutAWord(t *testing.T) {
	calls := 0
	o := open(t, provision.AIW, provision.Config{Talk: plain, Target: answering(func(ctx context.Context, r scim.Request) (scim.Answer, error) {
		calls++
		return okay(ctx, r)
	})})
	ana, g := o.person("ana"), o.group("Analysts")
	o.assign(ana)
	m := o.push(g, "Analysts")
	o.settle()
	require.Equal(t, 2, calls)

	require.NoError(t, o.Set(o.app, directory.Settings{CreateUsers: true}))
	o.did(o.Unassign(o.app, ana))
	o.did(o.SetPush(o.app, m, false))
	o.did(o.Unlink(o.app, m, false))
	o.settle()
	require.Equal(t, 2, calls)
	require.Equal(t, provision.Standing{}, o.Account(ana))
	require.Equal(t, provision.Standing{}, o.Engine.Group(g))
}

func TestAGroupDeletedBeforeItWasEverPushedIsNobodysBusiness(t *testing.T) {
	o := open(t, provision.AIW, provision.Config{Talk: plain, Target: answering(okay)})
	g := o.group("Analysts")
	_, _, err := o.Push(o.app, g, "Analysts", false)
	require.NoError(t, err)
	o.made(o.DeleteGroup(g))
	o.settle()
	require.Empty(t, o.Tasks())
}

func TestWorkersBoundWhatIsInFlight(t *testing.T) {
	for _, workers := range []int{1, 3} {
		target := newFake()
		o := open(t, provision.OIN, provision.Config{Target: target, Knobs: provision.Knobs{Workers: workers}})
		o.assign(o.people(60)...)
		o.settle()
		require.LessOrEqual(t, target.most, workers)
		require.Len(t, target.users, 60)
	}
}

// What was to be said of somebody who has lost the application since is not said:
// Okta has no profile of theirs, nor a username to ask for. Disabling goes by what
// the target was told.
func TestAnOpAboutSomebodyWhoLeftIsNotSaid(t *testing.T) {
	typed := directory.Profile{"userName": "typed@example.test", "title": "Analyst"}
	for name, tt := range map[string]struct {
		before, act func(o office, ana directory.PersonID)
		want        []string
	}{
		"assigned and unassigned": {
			func(office, directory.PersonID) {},
			func(o office, ana directory.PersonID) {
				o.did(o.Assign(o.app, ana, typed))
				o.did(o.Unassign(o.app, ana))
			},
			nil,
		},
		"changed and unassigned": {
			func(o office, ana directory.PersonID) { o.did(o.Assign(o.app, ana, typed)) },
			func(o office, ana directory.PersonID) {
				o.made(o.UpdateProfile(ana, directory.Profile{"lastName": "Other"}))
				o.did(o.Unassign(o.app, ana))
			},
			[]string{"PATCH /Users/1 typed@example.test"},
		},
		"a password was set, and the person deleted": {
			func(o office, ana directory.PersonID) {
				require.NoError(o.t, o.Directory.Set(o.app, directory.Settings{CreateUsers: true, DeactivateUsers: true, SyncPassword: true}))
				o.did(o.Assign(o.app, ana, typed))
			},
			func(o office, ana directory.PersonID) {
				o.made(o.SetPassword(ana, "s3cret"))
				o.made(o.Deactivate(ana))
				o.made(o.DeletePerson(ana))
			},
			[]string{"PATCH /Users/1 typed@example.test"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var said []string
			o := open(t, provision.OIN, provision.Config{Target: answering(func(ctx context.Context, r scim.Request) (scim.Answer, error) {
				about, _ := scim.SubjectOf(ctx)
				said = append(said, r.Method+" "+r.Path+" "+about.Name)
				if strings.Contains(string(r.Body), `"password":"s3cret"`) || strings.Contains(string(r.Body), `"password":""`) {
					t.Errorf("a password went out: %s %s", r.Method, r.Path)
				}
				if r.Method == http.MethodPost {
					return scim.Answer{Status: http.StatusCreated, Body: []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1"}`)}, nil
				}
				return scim.Answer{Status: http.StatusOK, Body: []byte(`{"schemas":["x"],"totalResults":0,"startIndex":1,"itemsPerPage":0}`)}, nil
			})})
			ana := o.person("ana")
			tt.before(o, ana)
			o.settle()
			said = nil
			tt.act(o, ana)
			o.settle()
			require.Equal(t, tt.want, said)
			require.Empty(t, o.Tasks())
		})
	}
}

// An error stays on the assignment until something was said that went well.
func TestAnErrorStaysUntilSomethingWasSaid(t *testing.T) {
	down := true
	o := open(t, provision.OIN, provision.Config{Target: answering(func(_ context.Context, r scim.Request) (scim.Answer, error) {
		switch {
		case r.Method == http.MethodPost && down:
			return scim.Answer{Status: http.StatusBadRequest}, nil
		case r.Method == http.MethodPost:
			return scim.Answer{Status: http.StatusCreated, Body: []byte(`{"schemas":["x"],"id":"1"}`)}, nil
		}
		return scim.Answer{Status: http.StatusOK, Body: []byte(`{"totalResults":0,"startIndex":1,"itemsPerPage":0}`)}, nil
	})})
	ana := o.person("ana")
	o.assign(ana)
	o.settle()
	failed := o.Account(ana).Error
	require.NotEmpty(t, failed)
	o.made(o.UpdateProfile(ana, directory.Profile{"title": "Analyst"}))
	o.settle()
	require.Equal(t, failed, o.Account(ana).Error, "there was nothing to say")
	down = false
	require.NoError(t, o.Submit(directory.ProvisioningAsked{Person: ana}))
	o.settle()
	require.Empty(t, o.Account(ana).Error)
}
