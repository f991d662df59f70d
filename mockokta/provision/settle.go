package provision

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// A settling is an engine at work: one loop, in the goroutine of whoever called
// Settle. The engine's lock is open only while the loop waits for the world.
type settling struct {
	*Engine
	ctx  context.Context
	crew *crew
}

func (s *settling) run() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if err := s.ctx.Err(); err != nil {
			s.breakOff(err)
			return err
		}
		if s.schedule.Len() == 0 {
			return nil
		}
		e := s.schedule.next()
		s.clock = e.at
		switch e.what {
		case begins:
			s.begin(e.lane)
		case speaks:
			s.speakAgain(e.lane.talk)
		case hears:
			s.hear(e.lane.talk)
		}
	}
}

// begin starts the dialogue of a lane's next Op, with the facts as they are.
func (s *settling) begin(l *lane) {
	w := l.waiting[0]
	if l.waiting = l.waiting[1:]; len(l.waiting) == 0 {
		l.waiting = nil // nothing of what was done is kept
	}
	l.talk = &talk{lane: l, op: w.op, nth: w.nth, task: w.task}
	facts, subject, moot := s.facts(l, w.op)
	l.talk.subject, l.talk.app, l.talk.password, l.talk.leftOut = subject, facts.App, facts.User.Password, facts.leftOut
	if moot {
		s.goOn(l.talk, Dialogue{})
		return
	}
	s.goOn(l.talk, s.dialogue(w.op, facts))
}

func (s *settling) dialogue(op Op, f Facts) Dialogue {
	switch op := op.(type) {
	case forgetUser, forgetGroup:
		return Dialogue{End: End{Gone: true}}
	case rememberUser:
		return Dialogue{End: End{ID: op.id}}
	}
	return s.Talk(op, f)
}

// goOn says what comes next, or ends.
func (s *settling) goOn(t *talk, next Dialogue) {
	if next.Hear == nil {
		s.finish(t, next.End)
		return
	}
	t.dialogue, t.patience, t.retries = next, patience{}, 0
	t.step++
	s.speak(t)
}

func (s *settling) speak(t *talk) {
	if s.gate.enter(t) {
		s.send(t)
	}
}

// send hands a request over and settles now when its answer will be looked at.
// Once ctx has ended nobody begins to speak; the next Settle gives them the
// word.
func (s *settling) send(t *talk) {
	if s.ctx.Err() != nil {
		s.schedule.add(event{s.clock, t.lane, speaks})
		return
	}
	t.answer = s.crew.call(t.subject, t.dialogue.Say)
	took := between(quickest, slowest, s.draw(t.lane, t.nth, t.step, t.patience.attempts))
	s.schedule.add(event{s.clock + took, t.lane, hears})
}

// hear waits until the answer is really there, and acts on it.
func (s *settling) hear(t *talk) {
	s.mu.Unlock()
	a := <-t.answer
	s.mu.Lock()
	t.answer = nil
	for _, next := range s.gate.leave() {
		s.send(next)
	}
	switch {
	case s.retry(t, a):
	case a.err != nil:
		s.finish(t, End{Err: s.unanswered(t, a.err)})
	case a.Status == http.StatusTooManyRequests && s.holdOn(t, a):
	default:
		s.goOn(t, t.dialogue.Hear(a.Answer))
	}
}

// retry says a request again that met trouble at the target, where the knob has it
// so: 501 is an answer, and the other 5xx are trouble, as silence is.
func (s *settling) retry(t *talk, a answered) bool {
	met := a.err != nil || a.Status >= 500 && a.Status != http.StatusNotImplemented
	if !met || t.retries >= s.Knobs.Retries || s.ctx.Err() != nil {
		return false
	}
	t.retries++
	t.earliest = a.at
	s.schedule.add(event{s.clock + soonest, t.lane, speaks})
	return true
}

func (s *settling) unanswered(t *talk, err error) error {
	if s.ctx.Err() != nil {
		return fmt.Errorf("%s: interrupted: %w", t.op, context.Cause(s.ctx))
	}
	return doingOf(t.op).failure(t.subject.Name, t.app, fmt.Errorf("no whole answer: %w", err))
}

// holdOn arranges for the request to be made again after a 429; the lane stays
// with it. It returns false when the target has been asked often enough, and
// the 429 is the dialogue's to hear.
func (s *settling) holdOn(t *talk, a answered) bool {
	wait, again := t.patience.next(a.Header)
	if again {
		t.earliest = a.at.Add(wait)
		s.schedule.add(event{s.clock + wait, t.lane, speaks})
	}
	return again
}

// speakAgain makes a request once more, after the real wait where waits are
// real.
func (s *settling) speakAgain(t *talk) {
	if left := t.earliest.Sub(s.Now()); s.Wait != nil && left > 0 {
		s.mu.Unlock()
		err := s.Wait(s.ctx, left)
		s.mu.Lock()
		if err != nil {
			s.finish(t, End{Err: fmt.Errorf("%s: wait as the target asked with 429: %w", t.op, err)})
			return
		}
	}
	s.speak(t)
}

// finish keeps what a dialogue came to, and lets the lane go on.
func (s *settling) finish(t *talk, end End) {
	l := t.lane
	l.talk = nil
	if t.step > 0 || end.Gone { // where nothing was said nothing was mended
		l.failed = ""
	}
	switch {
	case end.Gone:
		s.linked[l.key.queue].relink(l, "")
		l.link = link{}
	case end.ID != "":
		s.linked[l.key.queue].relink(l, end.ID)
	}
	if l.key.queue == push {
		s.pushed(t, &end)
	}
	if told := t.step > 0 && end.Err == nil; l.link.id != "" && (told || l.link.name == "") {
		l.link.name = t.subject.Name
	}
	if end.Err != nil {
		end.Err = s.discreetly(t, end.Err)
		l.failed = end.Err.Error()
		s.addTask(t, l.failed)
	} else {
		delete(s.tasks, t.task)
	}
	if s.Done != nil {
		s.Done(t.op, end)
	}
	s.beginNext(l)
}

// pushed keeps what came of saying something about a group.
func (s *settling) pushed(t *talk, end *End) {
	l := t.lane
	switch {
	case end.Gone:
		l.leftOut, l.pushed = nil, time.Time{}
	case end.Err == nil:
		l.leftOut = t.leftOut
		if _, is := t.op.(RenameGroup); !is {
			end.LeftOut = len(t.leftOut)
		}
		if t.step > 0 {
			l.pushed = s.Now()
		}
	}
}

// breakOff ends what is in flight: nobody knows what came of it at the target.
// Who waits to speak does so in the next Settle.
func (s *settling) breakOff(cause error) {
	s.crew.cancel()
	var broken []*talk
	s.schedule = slices.DeleteFunc(s.schedule, func(e event) bool {
		if e.what == hears {
			broken = append(broken, e.lane.talk)
		}
		return e.what == hears
	})
	for _, t := range s.gate.queue {
		s.schedule = append(s.schedule, event{s.clock, t.lane, speaks})
	}
	s.gate = gate{}
	s.schedule.order()
	slices.SortFunc(broken, func(a, b *talk) int { return a.lane.key.compare(b.lane.key) })
	for _, t := range broken {
		<-t.answer
		t.answer = nil
		s.finish(t, End{Err: fmt.Errorf("%s: interrupted: %w", t.op, cause)})
	}
}
