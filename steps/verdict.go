package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// conclude says what a case that was played has shown. The trouble it returns is
// a connection lost or a silence, where trying again may tell whose it was.
func (w *world) conclude(ctx context.Context, o *evidence.Outcome) wire.Kind {
	o.Notes = slices.Concat(w.notes, w.manners(), w.planWarnings(ctx))
	trouble := w.decide(ctx, o)
	o.Steps = w.told(o.Verdict)
	if o.Verdict != evidence.Pass && o.Verdict != evidence.Warn {
		o.Step = sentenceOf(w.step())
	}
	if o.Verdict != evidence.Pass && o.Verdict != evidence.Skip {
		o.Advice = features.Advice(o.Rules(), w.run.catalogue)
	}
	return trouble
}

func (w *world) decide(ctx context.Context, o *evidence.Outcome) wire.Kind {
	if ctx.Err() != nil && w.failure != nil {
		o.Verdict, o.Reason = evidence.NotTested, "interrupted: "+context.Cause(ctx).Error()
		return ""
	}
	if trouble := w.trouble(); trouble != nil && (w.failure != nil || trouble.Kind == wire.Denied || trouble.Kind == wire.Ours) {
		return w.troubled(o, trouble)
	}
	w.run.silent.Store(0)
	var said *evidence.Mismatch
	var unreadable *target.Unreadable
	var hollow *gap
	wrong, owner := w.wrongAnswer()
	switch {
	case w.failure == nil && w.passed < len(w.scene.Steps):
		o.Verdict, o.Reason = evidence.Error, fmt.Sprintf("the harness: no step is defined for %q", w.step().Text)
	case w.failure == nil && wrong != nil:
		w.passed = slices.IndexFunc(w.scene.Steps, func(s features.Step) bool { return s.Kind == features.When })
		w.owner = owner
		w.deviates(o, wrong)
	case w.failure == nil && w.isUnsupported():
		o.Verdict, o.Mismatches, o.Reason = evidence.Info, w.warnings, w.unsupported()
		o.Notes = append(o.Notes, "the order of Okta's requests: "+w.orderOfRequests())
	case w.failure == nil && len(w.warnings) > 0:
		o.Verdict, o.Mismatches, o.Reason = evidence.Warn, w.warnings, w.warnings[0].Error()
	case w.failure == nil:
		o.Verdict, o.Reason = evidence.Pass, ""
	case errors.As(w.failure, &hollow):
		o.Verdict, o.Reason = evidence.Info, hollow.why
		if hollow.warns {
			o.Verdict = evidence.Warn
		}
	case errors.As(w.failure, &said):
		w.deviates(o, said)
	case errors.As(w.failure, &unreadable):
		w.deviates(o, w.mismatch("the answer to "+unreadable.Request, "a SCIM resource or list", unreadable.Got, w.last()))
	default:
		o.Verdict, o.Reason = evidence.Error, "the harness: "+w.failure.Error()
	}
	return ""
}

// deviates blames the target: outright in a When or Then, and through the
// requirement that owns it in a Given, or where another requirement is what was
// broken. What Okta does not support is judged by its Then alone.
func (w *world) deviates(o *evidence.Outcome, m *evidence.Mismatch) {
	o.Verdict, o.Reason = evidence.Fail, m.Error()
	o.Mismatches = append([]evidence.Mismatch{*m}, w.warnings...)
	o.Breaks = w.breaks(m)
	if note := w.behind(m.Exchange); note != "" {
		o.Notes = append(o.Notes, note)
	}
	owner := w.owner
	if w.stating() || w.isUnsupported() && w.kind() == features.When {
		owner = cmp.Or(owner, ownerOf(w.step().Text))
	}
	if owner != "" && owner != w.scene.Req {
		o.Verdict, o.BlockedBy = evidence.NotTested, owner
	}
}

func (w *world) isUnsupported() bool { return slices.Contains(w.scene.Tags, "unsupported") }

// troubled says whose trouble it was when a request had no whole answer.
func (w *world) troubled(o *evidence.Outcome, t *wire.Trouble) wire.Kind {
	o.Reason = t.Error()
	switch {
	case t.Kind == wire.Denied:
		w.broken = "F28"
		w.deviates(o, w.mismatch("whom Okta's next write would have reached", "the one that it had asked for", t.Error()+"; nothing was sent", t.Exchange))
		return ""
	case t.Kind == wire.Unreachable:
		o.Verdict = evidence.Error
		w.run.stop(t)
		return ""
	case t.Kind == wire.Silent:
		o.Verdict = evidence.Error
		if w.run.silent.Add(1) >= 3 {
			w.run.stop(fmt.Errorf("three attempts in a row met silence; the last: %w", t))
		}
		return t.Kind
	}
	o.Verdict = evidence.Error
	if t.Kind == wire.Dropped {
		return t.Kind
	}
	return ""
}

// told lists the sentences of the scenario as they went.
func (w *world) told(verdict evidence.Verdict) []evidence.Step {
	var told []evidence.Step
	for i, step := range w.scene.Steps {
		s := evidence.Step{Text: sentenceOf(step), Verdict: evidence.Pass}
		switch ended := verdict != evidence.Pass && verdict != evidence.Warn; {
		case ended && i == w.passed:
			s.Verdict = verdict
		case ended && i > w.passed:
			s.Verdict = evidence.NotTested
		}
		told = append(told, s)
	}
	return told
}

func sentenceOf(s features.Step) string { return string(s.Kind) + " " + s.Text }
