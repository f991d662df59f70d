package loadgen

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/pace"
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

// ParseSLO reads a limit. Around its sign there may be blanks, or none.
func ParseSLO(s string) (SLO, error) {
	words := strings.Fields(apart(s))
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

// apart sets blanks around the sign of a limit.
func apart(s string) string {
	const signs = "<>="
	before, after := s, ""
	if at := strings.IndexAny(s, signs); at >= 0 {
		before, after = s[:at], s[at:]
	}
	bound := strings.TrimLeft(after, signs)
	return before + " " + strings.TrimSuffix(after, bound) + " " + bound
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
	if err != nil || !(rate >= 0 && rate <= pace.Fastest) {
		return 0, fmt.Errorf("%q is no rate", s)
	}
	return rate, nil
}

// kindsOf is what a metric can be of.
func kindsOf(metric string) []string {
	var words []string
	switch metric {
	case "errors", "rate":
		for _, p := range crowd.AllPhases {
			words = append(words, string(p))
		}
	default:
		for _, k := range []crowd.Kind{
			crowd.KindOnboard, crowd.KindLink, crowd.KindPush, crowd.KindUpdate, crowd.KindMembers,
			crowd.KindJoin, crowd.KindLeave, crowd.KindOffboard, crowd.KindReassign, crowd.KindImport,
		} {
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
	noAnswer          string // what came of those who are unanswered
	hidden            string // why the figure flatters the target; "" when it does not
}

// times is held against the worst figure of its kind. Who of the kind got no answer, or
// none but 429, is beyond any bound; who was cut off, or not let, is not known to be. Of
// too few values a percentile is none: where they are all within the limit they are no
// reason against it, and no reason for it either.
func (l SLO) times(phases []evidence.LoadPhase) evidence.LoadSLO {
	var all []figure
	for _, p := range phases {
		for _, d := range p.Dialogues {
			if (l.kind == "" || l.kind == d.Kind) && p.People.Began > 0 {
				if short(p) {
					return notJudged(p.Name + ": " + shortWords)
				}
				all = append(all, figure{
					value: l.of(d), count: int(d.Count), unanswered: d.Untimed.Unanswered + d.Untimed.Throttled, of: d.Kind, noAnswer: noAnswer(d.Untimed),
				})
			}
		}
		for _, r := range p.Requests {
			if l.kind == r.Kind {
				if short(p) { // what was slow to begin was slow to read answers too
					return notJudged(p.Name + ": " + shortWords)
				}
				all = append(all, figure{
					value: l.of(r), count: int(r.Count), unanswered: r.Status["none"], of: r.Kind, noAnswer: noAnswer(evidence.Untimed{}), hidden: l.hidden(p),
				})
			}
		}
	}
	all = slices.DeleteFunc(all, func(f figure) bool { return f.count+f.unanswered == 0 })
	if len(all) == 0 {
		return notJudged("nothing was measured")
	}
	var enough []figure
	few, beyond := "", ""
	for _, f := range all {
		if f.unanswered > 0 && l.under && float64(f.unanswered) > (1-l.share())*float64(f.count+f.unanswered) {
			return evidence.LoadSLO{Verdict: evidence.SLOBreached, Got: fmt.Sprintf("%d of %d %s, so that there is no such time of %s", f.unanswered, f.count+f.unanswered, f.noAnswer, f.of)}
		}
		n := f.count + f.unanswered
		words := fmt.Sprintf("%d values of %s are too few for %s", n, f.of, l.metric)
		switch {
		case n >= l.fewest():
			enough = append(enough, f)
		case l.holds(f.value) == evidence.SLOBreached:
			beyond = words
		default:
			few = words
		}
	}
	if len(enough) == 0 {
		return notJudged(cmp.Or(beyond, few))
	}
	worst := slices.MaxFunc(enough, func(a, b figure) int { return cmp.Compare(a.value, b.value) })
	verdict := l.holds(worst.value)
	veiled := slices.IndexFunc(enough, func(f figure) bool { return f.hidden != "" })
	switch {
	case verdict == evidence.SLOBreached:
	case beyond != "":
		return notJudged(beyond)
	case veiled >= 0:
		return notJudged(enough[veiled].hidden)
	}
	return evidence.LoadSLO{Verdict: verdict, Got: fmt.Sprintf("%.4g ms", worst.value)}
}

// noAnswer says what came of dialogues that have no time. One that ended by answers of
// 429 was answered, and not with what it asked for.
func noAnswer(u evidence.Untimed) string {
	switch {
	case u.Throttled == 0:
		return "got no answer"
	case u.Unanswered == 0:
		return "got no answer but 429"
	}
	return "got no answer, or none but 429"
}

// hidden says why the times of a phase's requests may flatter the target: what was due
// while the pool was full was not sent, and is in none of them. It says so where those may
// be more than the metric leaves out, and for more than MostFull of the time anyhow.
func (l SLO) hidden(p evidence.LoadPhase) string {
	most := evidence.MostFull
	if beyond := 1 - l.share(); beyond > 0 {
		most = min(most, beyond)
	}
	if !p.CrowdedFor(most) {
		return ""
	}
	return fmt.Sprintf("%s: the pool was full for %.4g ms of %.4g, more than %.3g %%; what was due then was sent late, and no time of a request knows it: hold the times of dialogues to a limit, or give more --workers",
		p.Name, p.Backlog.FullMS, p.DurationMS, 100*most)
}

// fewest is how many values the metric takes: 100 for p99, since of fewer there is none
// above it, and it is their maximum under another name.
func (l SLO) fewest() int {
	if l.share() == 1 {
		return 1
	}
	return int(math.Round(1 / (1 - l.share())))
}

// doubted is a verdict under figures that are not valid: a breach is one all the same,
// and what held is not known to have.
func doubted(v evidence.LoadSLO) evidence.LoadSLO {
	if v.Verdict == evidence.SLOHeld {
		v.Verdict, v.Got = evidence.SLONotJudged, v.Got+", of figures that are not valid"
	}
	return v
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

var shortWords = fmt.Sprintf("the pace was not kept though the pool was full for %g %% of the time at most, so that it was this generator that was slow", 100*evidence.MostFull)

// short says that it was the generator that did not keep the pace: it began too late
// while there was a place. A limit is then no measure of the target.
func short(p evidence.LoadPhase) bool { return !p.Kept() && !p.Crowded() }
