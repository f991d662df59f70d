package loadgen

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
)

// An SLO is a limit that a run is held to: "create p99 < 50ms", "errors < 0.1%",
// "onboard p99 < 1s", "rate >= 45". Times of a kind of dialogue are response times, from
// when it was due; times of a kind of request are service times. Without a kind a time
// is that of every dialogue, and errors are those of all.
type SLO struct {
	words  string
	kind   string // of dialogues, of requests, or a phase's name; "" is all
	metric string
	under  bool // the figure is to be less, else more
	equal  bool // or equal
	bound  float64
}

// The metrics, and what their bounds are counted in.
var metrics = map[string]func(string) (float64, error){
	"p50": milliseconds, "p90": milliseconds, "p99": milliseconds, "p99.9": milliseconds, "max": milliseconds, "mean": milliseconds,
	"errors": percent, "rate": perSecond,
}

// ParseSLO reads a limit.
func ParseSLO(s string) (SLO, error) {
	words := strings.Fields(s)
	if len(words) < 3 {
		return SLO{}, fmt.Errorf("the limit %q is not of the form [KIND] METRIC < BOUND, as in create p99 < 50ms", s)
	}
	n := len(words)
	l := SLO{words: strings.Join(words, " "), kind: strings.Join(words[:n-3], " "), metric: words[n-3]}
	read, known := metrics[l.metric]
	switch {
	case !known:
		return SLO{}, fmt.Errorf("the limit %q: %q is none of p50, p90, p99, p99.9, max, mean, errors and rate", s, l.metric)
	case !slices.Contains([]string{"<", "<=", ">", ">="}, words[n-2]):
		return SLO{}, fmt.Errorf("the limit %q: %q is none of <, <=, > and >=", s, words[n-2])
	case !measured(l.kind, l.metric):
		return SLO{}, fmt.Errorf("the limit %q: there is no %s of %q; kinds are %s", s, l.metric, l.kind, strings.Join(kindsOf(l.metric), ", "))
	}
	l.under, l.equal = strings.HasPrefix(words[n-2], "<"), strings.HasSuffix(words[n-2], "=")
	var err error
	if l.bound, err = read(words[n-1]); err != nil {
		return SLO{}, fmt.Errorf("the limit %q: %w", s, err)
	}
	return l, nil
}

func milliseconds(s string) (float64, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is no time, as in 50ms", s)
	}
	return float64(d) / float64(time.Millisecond), nil
}

func percent(s string) (float64, error) {
	number, is := strings.CutSuffix(s, "%")
	share, err := strconv.ParseFloat(number, 64)
	if !is || err != nil || !(share >= 0 && share <= 100) {
		return 0, fmt.Errorf("%q is no share between 0%% and 100%%", s)
	}
	return share, nil
}

func perSecond(s string) (float64, error) {
	rate, err := strconv.ParseFloat(s, 64)
	if err != nil || !(rate >= 0 && rate <= fastest) {
		return 0, fmt.Errorf("%q is no rate", s)
	}
	return rate, nil
}

// kindsOf is what a metric can be of.
func kindsOf(metric string) []string {
	var words []string
	switch metric {
	case "errors", "rate":
		for _, p := range allPhases {
			words = append(words, string(p))
		}
	default:
		for _, k := range []Kind{KindOnboard, KindLink, KindPush, KindUpdate, KindMembers, KindJoin, KindLeave, KindOffboard, KindReassign, KindImport} {
			words = append(words, string(k))
		}
		for k := range kinds {
			words = append(words, k.String())
		}
	}
	return words
}

func measured(kind, metric string) bool {
	return kind == "" || slices.Contains(kindsOf(metric), kind)
}

func (l SLO) String() string { return l.words }

// judge holds what a run saw against the limit. It is pure.
func (l SLO) judge(phases []evidence.LoadPhase) evidence.LoadSLO {
	var verdict evidence.LoadSLO
	switch l.metric {
	case "errors":
		verdict = l.errors(phases)
	case "rate":
		verdict = l.rate(phases)
	default:
		verdict = l.times(phases)
	}
	verdict.Limit = l.words
	return verdict
}

func notJudged(why string) evidence.LoadSLO {
	return evidence.LoadSLO{Verdict: evidence.SLONotJudged, Got: why}
}

func (l SLO) holds(got float64) string {
	if l.under && got < l.bound || !l.under && got > l.bound || l.equal && got == l.bound {
		return evidence.SLOHeld
	}
	return evidence.SLOBreached
}

func (l SLO) errors(phases []evidence.LoadPhase) evidence.LoadSLO {
	errors, began := 0, 0
	for _, p := range phases {
		if l.kind == "" || l.kind == p.Name {
			errors, began = errors+p.People.Errors(), began+p.People.Began
		}
	}
	if began == 0 {
		return notJudged("nothing was measured")
	}
	share := 100 * float64(errors) / float64(began)
	return evidence.LoadSLO{Verdict: l.holds(share), Got: fmt.Sprintf("%.3g %%, %d of %d dialogues", share, errors, began)}
}

// rate is held against the slowest phase, counted by the dialogues that went well.
func (l SLO) rate(phases []evidence.LoadPhase) evidence.LoadSLO {
	slowest, found := math.Inf(1), false
	for _, p := range phases {
		switch {
		case l.kind != "" && l.kind != p.Name || p.People.Began == 0:
		case short(p):
			return notJudged(p.Name + ": " + shortWords)
		default:
			slowest, found = min(slowest, p.Pace.PerSecond), true
		}
	}
	if !found {
		return notJudged("nothing was measured")
	}
	return evidence.LoadSLO{Verdict: l.holds(slowest), Got: fmt.Sprintf("%.4g a second", slowest)}
}

// A figure is one time that was measured, with how many of its kind got no answer:
// they waited longer than the figure shows.
type figure struct {
	value             float64
	count, unanswered int
	of                string
}

// times is held against the worst figure of its kind.
func (l SLO) times(phases []evidence.LoadPhase) evidence.LoadSLO {
	var all []figure
	for _, p := range phases {
		for _, d := range p.Dialogues {
			if (l.kind == "" || l.kind == d.Kind) && p.People.Began > 0 {
				if short(p) {
					return notJudged(p.Name + ": " + shortWords)
				}
				all = append(all, figure{l.of(d), int(d.Count), p.People.Unanswered + p.People.Throttled, d.Kind})
			}
		}
		for _, r := range p.Requests {
			if l.kind == r.Kind {
				all = append(all, figure{l.of(r), int(r.Count), r.Status["none"], r.Kind})
			}
		}
	}
	all = slices.DeleteFunc(all, func(f figure) bool { return f.count+f.unanswered == 0 })
	if len(all) == 0 {
		return notJudged("nothing was measured")
	}
	worst := slices.MaxFunc(all, func(a, b figure) int { return cmp.Compare(a.value, b.value) })
	for _, f := range all {
		if f.unanswered > 0 && l.under && float64(f.unanswered) > (1-l.share())*float64(f.count+f.unanswered) {
			return evidence.LoadSLO{Verdict: evidence.SLOBreached, Got: fmt.Sprintf("%d of %d got no answer, so that there is no such time of %s", f.unanswered, f.count+f.unanswered, f.of)}
		}
	}
	return evidence.LoadSLO{Verdict: l.holds(worst.value), Got: fmt.Sprintf("%.4g ms", worst.value)}
}

// share is which part of all times is at most the metric's.
func (l SLO) share() float64 {
	switch l.metric {
	case "p50":
		return 0.5
	case "p90":
		return 0.9
	case "p99":
		return 0.99
	case "p99.9":
		return 0.999
	}
	return 1 // max and mean know of everybody
}

func (l SLO) of(t evidence.Latency) float64 {
	return map[string]float64{"p50": t.P50, "p90": t.P90, "p99": t.P99, "p99.9": t.P999, "max": t.Max, "mean": t.Mean}[l.metric]
}

const shortWords = "the pace was not kept though the pool was never full, so that it was this generator that was slow"

// short says that it was the generator that did not keep the pace: it began too late
// while there was a place. A limit is then no measure of the target.
func short(p evidence.LoadPhase) bool { return !p.Kept() && p.Backlog.FullMS == 0 }
