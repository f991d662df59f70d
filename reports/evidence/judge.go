package evidence

import (
	"fmt"
	"slices"
	"strings"
)

// Judge turns outcomes as they were seen into outcomes as they are reported: it
// settles who is to blame for a Given that could not be brought about, and how
// heavily a deviation weighs. Pure, and indifferent to the order of outcomes.
//
// A raw NotTested with BlockedBy says "a Given could not be brought about at the
// target, and that requirement owns it". It stays not tested when its owner
// explains it (failed, broke, or was itself not tested) in the same dialect;
// when the owner passed or was not run, nobody else will report the deviation
// and the scenario itself fails.
//
// A failure weighs less, and becomes a warning, below level must, and where it
// rests on inference alone at a target that is not ours.
func Judge(raw []Outcome, ours bool) []Outcome {
	c := court{ours: ours, outcomes: slices.Clone(raw), open: map[int]bool{}}
	for i, o := range c.outcomes {
		if o.Verdict == NotTested && o.BlockedBy != "" {
			c.open[i] = true
		} else {
			c.outcomes[i] = weigh(o, ours)
		}
	}
	for len(c.open) > 0 {
		if !c.decide(c.settled) {
			c.decide(c.circular)
		}
	}
	return c.outcomes
}

// A court knows which blocked outcomes are still open.
type court struct {
	ours     bool
	outcomes []Outcome
	open     map[int]bool
}

// decide closes, in one round, every open case that is ripe, and reports
// whether there was any.
func (c *court) decide(ripe func(int) bool) bool {
	verdicts := map[int]Outcome{}
	for i := range c.open {
		if ripe(i) {
			verdicts[i] = c.verdict(i)
		}
	}
	for i, o := range verdicts {
		c.outcomes[i] = o
		delete(c.open, i)
	}
	return len(verdicts) > 0
}

// settled: an owner explains the case, or no owner is open any more.
func (c *court) settled(i int) bool {
	_, explained := c.explanation(i)
	return explained || !slices.ContainsFunc(c.owners(i), func(j int) bool { return c.open[j] })
}

// circular: the case is, over open owners, its own owner.
func (c *court) circular(i int) bool {
	seen, next := map[int]bool{}, c.owners(i)
	for len(next) > 0 {
		j := next[0]
		next = next[1:]
		if j == i {
			return true
		}
		if c.open[j] && !seen[j] {
			seen[j] = true
			next = append(next, c.owners(j)...)
		}
	}
	return false
}

func (c *court) verdict(i int) Outcome {
	o := c.outcomes[i]
	owner := "@req:" + ownerOf(o)
	if by, ok := c.explanation(i); ok {
		o.Reason = fmt.Sprintf("blocked by %s, which %s%s", owner, ended[by.Verdict], where(o))
		return o
	}
	fate := "passed"
	switch owners := c.owners(i); {
	case len(owners) == 0:
		fate = "was not run"
	case slices.ContainsFunc(owners, func(j int) bool { return c.open[j] }):
		fate = "waits for this scenario"
	case c.outcomes[owners[0]].Verdict != Pass:
		fate = "ended as " + string(c.outcomes[owners[0]].Verdict)
	}
	o.Verdict, o.BlockedBy = Fail, ""
	o.Reason = strings.TrimSpace(o.Reason + fmt.Sprintf(" (a Given, which could not be brought about; the scenario that asks for it, %s, %s)", owner, fate))
	return weigh(o, c.ours)
}

var ended = map[Verdict]string{Fail: "failed", Error: "ended in an error", NotTested: "was itself not tested"}

func where(o Outcome) string {
	if len(o.Mismatches) == 0 || o.Mismatches[0].Exchange == 0 {
		return ""
	}
	return fmt.Sprintf(" (exchange %d)", o.Mismatches[0].Exchange)
}

// explanation returns the owner's outcome that explains why case i is blocked:
// the gravest one where the owner is an outline.
func (c *court) explanation(i int) (Outcome, bool) {
	for _, v := range []Verdict{Fail, Error, NotTested} {
		for _, j := range c.owners(i) {
			if !c.open[j] && c.outcomes[j].Verdict == v {
				return c.outcomes[j], true
			}
		}
	}
	return Outcome{}, false
}

// owners returns the outcomes that case i may be blocked by: its owner's, in the
// same dialect or in none. An outline owns with all its rows.
func (c *court) owners(i int) []int {
	blocked := c.outcomes[i]
	owner := ownerOf(blocked)
	var owners []int
	for j, o := range c.outcomes {
		named := o.Address() == owner || o.Req == owner
		if named && (o.Dialect == blocked.Dialect || o.Dialect == "" || blocked.Dialect == "") {
			owners = append(owners, j)
		}
	}
	return owners
}

func ownerOf(o Outcome) string { return strings.TrimPrefix(o.BlockedBy, "@req:") }

// weigh lowers a failure to a warning where the claim behind it is too weak.
func weigh(o Outcome, ours bool) Outcome {
	if o.Verdict != Fail {
		return o
	}
	var why string
	switch {
	case o.Level == "should" || o.Level == "may":
		why = fmt.Sprintf("a warning only: the requirement is a %s", o.Level)
	case o.Grade == "inference" && !ours:
		why = "a warning only: the requirement rests on inference"
	default:
		return o
	}
	o.Verdict = Warn
	o.Notes = append(slices.Clone(o.Notes), why)
	return o
}
