package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A Side is one or more load runs of the same kind, to be compared with another's.
type Side struct {
	Dirs []string // where they lie
	Runs []evidence.Load
}

// MostRuns is how many runs a side may have.
const MostRuns = 30

// A Comparison is what differs between two sides of load runs.
type Comparison struct {
	A, B     Side
	Settings []string // what was not asked for alike, in sentences
	Doubts   []string // why runs should not be compared, in sentences
	Method   []string // how noise was told, in sentences
	Rows     []Contrast
}

// A Contrast is one figure at both sides: the medians of their runs.
type Contrast struct {
	Phase, What string
	Unit        string // "ms" or "a second"
	A, B        float64
	Noise       string // one of the constants
	Why         string // the figures that Noise rests on
}

// Change is the difference as a share of A's figure; NaN where that is 0.
func (c Contrast) Change() float64 {
	if c.A == 0 {
		return math.NaN()
	}
	return (c.B - c.A) / c.A
}

// Whether a difference is more than noise. Within one run a side it can be told whether
// it is more than what the run's own parts differ by, and no more.
const (
	Beyond       = "more than noise"
	Within       = "within noise"
	BeyondInside = "more than within a run"
	WithinInside = "as within a run"
	Untold       = "cannot be told"
)

// significant is the probability below which a difference is called more than noise.
const significant = 0.05

// Compare compares two sides, figure by figure.
func Compare(a, b Side) Comparison {
	c := Comparison{A: a, B: b, Settings: settings(a, b), Doubts: slices.Concat(doubts("A", a), doubts("B", b))}
	for _, name := range phaseNames(a, b) {
		inA, inB := phasesNamed(a, name), phasesNamed(b, name)
		if len(inA) == 0 || len(inB) == 0 {
			c.Settings = append(c.Settings, fmt.Sprintf("phase %s: only in %s", name, onlyIn(inA)))
			continue
		}
		c.Rows = append(c.Rows, c.contrasts(name, inA, inB)...)
	}
	c.Method = method(len(a.Runs), len(b.Runs), len(c.Rows))
	return c
}

func onlyIn[T any](inA []T) string {
	if len(inA) > 0 {
		return "A"
	}
	return "B"
}

func method(n, m, rows int) []string {
	if n == 1 && m == 1 {
		return []string{
			"One run a side cannot tell the noise between runs: a second run of the same may differ as much. Give several of each.",
			"What is told is whether the two differ by more than their own parts do: 95 % intervals that do not overlap, of a quantile by its order statistics, " +
				"of a rate by the means of ten stretches of the run. Requests that wait for each other are not independent, so that the intervals are rather too narrow.",
		}
	}
	lines := []string{fmt.Sprintf("Each figure is taken once from each run, and the medians are shown. Noise is told by the exact two-sided test of Mann and Whitney on %d and %d runs: "+
		"more than noise is p ≤ %g.", n, m, significant)}
	switch p := least(n, m); {
	case p > significant:
		lines = append(lines, fmt.Sprintf("So few runs cannot come below p = %.2g: give four of each, or more.", p))
	case rows > 0:
		lines = append(lines, fmt.Sprintf("Of %d comparisons about %.0f would be called more than noise by chance alone.", rows, math.Ceil(float64(rows)*significant)))
	}
	return lines
}

func phaseNames(sides ...Side) (names []string) {
	for _, side := range sides {
		for _, run := range side.Runs {
			for _, p := range run.Phases {
				if !slices.Contains(names, p.Name) {
					names = append(names, p.Name)
				}
			}
		}
	}
	return names
}

// phasesNamed are the phases of that name in which anything began.
func phasesNamed(side Side, name string) (all []evidence.LoadPhase) {
	for _, run := range side.Runs {
		for _, p := range run.Phases {
			if p.Name == name && p.People.Began > 0 {
				all = append(all, p)
			}
		}
	}
	return all
}

func (c *Comparison) contrasts(name string, a, b []evidence.LoadPhase) []Contrast {
	rows := []Contrast{contrast(Contrast{Phase: name, What: "done", Unit: "a second"},
		a, b, func(p evidence.LoadPhase) (float64, bool) { return p.Pace.PerSecond, true }, stretches)}
	for _, list := range []struct {
		words string
		of    func(evidence.LoadPhase) []evidence.Latency
	}{
		{"from when due: ", func(p evidence.LoadPhase) []evidence.Latency { return p.Dialogues }},
		{"a request: ", func(p evidence.LoadPhase) []evidence.Latency { return p.Requests }},
	} {
		for _, kind := range kindsIn(list.of, a, b) {
			find := func(p evidence.LoadPhase) (evidence.Latency, bool) {
				n := slices.IndexFunc(list.of(p), func(l evidence.Latency) bool { return l.Kind == kind && l.Count > 0 })
				if n < 0 {
					return evidence.Latency{}, false
				}
				return list.of(p)[n], true
			}
			if there := func(p evidence.LoadPhase) bool { _, ok := find(p); return ok }; !slices.ContainsFunc(a, there) || !slices.ContainsFunc(b, there) {
				c.Settings = append(c.Settings, fmt.Sprintf("phase %s: %s%s only in %s", name, list.words, kind, onlyIn(filterPhases(a, there))))
				continue
			}
			for _, q := range []struct {
				name    string
				percent float64
				of      func(evidence.Latency) float64
			}{{"p50", 50, func(l evidence.Latency) float64 { return l.P50 }}, {"p99", 99, func(l evidence.Latency) float64 { return l.P99 }}} {
				rows = append(rows, contrast(Contrast{Phase: name, What: list.words + kind + " " + q.name, Unit: "ms"}, a, b,
					func(p evidence.LoadPhase) (float64, bool) { l, ok := find(p); return q.of(l), ok },
					func(p evidence.LoadPhase) (interval, string) { l, _ := find(p); return quantile(l, q.percent) }))
			}
		}
	}
	return rows
}

func filterPhases(all []evidence.LoadPhase, keep func(evidence.LoadPhase) bool) (kept []evidence.LoadPhase) {
	for _, p := range all {
		if keep(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

func kindsIn(of func(evidence.LoadPhase) []evidence.Latency, sides ...[]evidence.LoadPhase) (kinds []string) {
	for _, phases := range sides {
		for _, p := range phases {
			for _, l := range of(p) {
				if l.Count > 0 && !slices.Contains(kinds, l.Kind) {
					kinds = append(kinds, l.Kind)
				}
			}
		}
	}
	return kinds
}

// contrast fills in a row: the figure of each run, and for one run a side the interval
// in which it lies.
func contrast(row Contrast, a, b []evidence.LoadPhase, of func(evidence.LoadPhase) (float64, bool), inside func(evidence.LoadPhase) (interval, string)) Contrast {
	values := func(phases []evidence.LoadPhase) (all []float64) {
		for _, p := range phases {
			if v, there := of(p); there {
				all = append(all, v)
			}
		}
		return all
	}
	inA, inB := values(a), values(b)
	row.A, row.B = median(inA), median(inB)
	if len(inA) == 1 && len(inB) == 1 {
		row.Noise, row.Why = apart(a[0], b[0], inside)
		return row
	}
	if p := least(len(inA), len(inB)); p > significant {
		row.Noise, row.Why = Untold, fmt.Sprintf("%d and %d runs are too few", len(inA), len(inB))
		return row
	}
	p := rankSum(inA, inB)
	row.Noise, row.Why = Within, fmt.Sprintf("p = %.2g", p)
	if p <= significant {
		row.Noise = Beyond
	}
	return row
}

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// An interval is where a figure lies, as far as one run can tell.
type interval struct{ from, to float64 }

func (i interval) String() string { return fmt.Sprintf("%.4g to %.4g", i.from, i.to) }

func apart(a, b evidence.LoadPhase, inside func(evidence.LoadPhase) (interval, string)) (noise, why string) {
	inA, trouble := inside(a)
	if trouble != "" {
		return Untold, "A: " + trouble
	}
	inB, trouble := inside(b)
	if trouble != "" {
		return Untold, "B: " + trouble
	}
	why = fmt.Sprintf("%s and %s", inA, inB)
	if inA.to < inB.from || inB.to < inA.from {
		return BeyondInside, why
	}
	return WithinInside, why
}

// standardErrors is how many of them a 95 % interval reaches to each side; and of ten
// stretches, whose spread is itself an estimate (Student's t with 9 degrees of freedom).
const (
	standardErrors      = 1.96
	standardErrorsOfTen = 2.262
	tenStretches        = 10
)

// quantile is the interval of a quantile by its order statistics: how many of n values
// lie below it is binomial. Too few values have none beyond the interval's end.
func quantile(l evidence.Latency, percent float64) (interval, string) {
	h, err := distribution(l)
	if err != nil {
		return interval{}, err.Error()
	}
	return quantileOf(h, percent)
}

func quantileOf(h *hdrhistogram.Histogram, percent float64) (interval, string) {
	q, n := percent/100, float64(h.TotalCount())
	reach := standardErrors * math.Sqrt(q*(1-q)/n)
	if q-reach <= 0 || q+reach >= 1 {
		return interval{}, fmt.Sprintf("%.0f values are too few for p%g", n, percent)
	}
	at := func(q float64) float64 { return float64(h.ValueAtQuantile(100*q)) / 1000 }
	return interval{at(q - reach), at(q + reach)}, ""
}

// stretches is the interval of a phase's rate by batch means: ten stretches of equal
// length, each long enough that one hardly depends on the next. The last bucket, which
// is not whole, is in none.
func stretches(p evidence.LoadPhase) (interval, string) {
	whole := len(p.Timeline.Buckets) - 1
	each := whole / tenStretches
	if each < 1 || p.Timeline.BucketMS <= 0 {
		return interval{}, "it is too short to be divided into ten stretches"
	}
	var rates []float64
	for n := range tenStretches {
		ended := 0
		for _, b := range p.Timeline.Buckets[n*each : (n+1)*each] {
			ended += b.Ended
		}
		rates = append(rates, float64(ended)/(float64(each)*p.Timeline.BucketMS/1000))
	}
	mean, squares := 0.0, 0.0
	for _, r := range rates {
		mean += r / tenStretches
	}
	for _, r := range rates {
		squares += (r - mean) * (r - mean)
	}
	reach := standardErrorsOfTen * math.Sqrt(squares/(tenStretches-1)/tenStretches)
	return interval{mean - reach, mean + reach}, ""
}

// settings says what was not asked for alike, among all runs of both sides.
func settings(a, b Side) []string {
	var lines []string
	for _, s := range []struct {
		name string
		of   func(evidence.Load) any
	}{
		{"version", func(l evidence.Load) any { return l.Tool.Version }},
		{"target", func(l evidence.Load) any { return place(l.Target) }},
		{"dialect", func(l evidence.Load) any { return l.Asked.Dialect }},
		{"people", func(l evidence.Load) any { return l.Asked.People }},
		{"size", func(l evidence.Load) any { return l.Asked.Size }},
		{"groups", func(l evidence.Load) any { return l.Asked.Groups }},
		{"memberships", func(l evidence.Load) any { return l.Asked.Memberships }},
		{"phases", func(l evidence.Load) any { return strings.Join(l.Asked.Phases, ",") }},
		{"mix", func(l evidence.Load) any { return l.Asked.Mix }},
		{"churn", func(l evidence.Load) any { return l.Asked.Churn }},
		{"schedule", func(l evidence.Load) any { return l.Asked.Schedule }},
		{"workers", func(l evidence.Load) any { return l.Asked.Workers }},
		{"timeout", func(l evidence.Load) any { return ms(l.Asked.TimeoutMS) }},
		{"limits for practice", func(l evidence.Load) any { return strings.Join(l.Asked.Limits, ",") }},
		{"429s", func(l evidence.Load) any { return l.Asked.Throttle }},
		{"waits", func(l evidence.Load) any { return l.Run.Clock }},
		{"CPUs", func(l evidence.Load) any { return l.Run.GoMaxProcs }},
		{"knobs", func(l evidence.Load) any { return otherwise(l.Knobs) }},
	} {
		inA, inB := distinct(a, s.of), distinct(b, s.of)
		if len(inA) != 1 || len(inB) != 1 || inA[0] != inB[0] {
			lines = append(lines, fmt.Sprintf("%s: %s in A, %s in B", s.name, strings.Join(inA, " and "), strings.Join(inB, " and ")))
		}
	}
	return lines
}

// place is where a target is, without the port and the tenant of one that was started
// for the run.
func place(t evidence.Target) string {
	if t.Ours {
		return t.Name
	}
	return t.URL
}

func distinct(s Side, of func(evidence.Load) any) (all []string) {
	for _, run := range s.Runs {
		v := fmt.Sprint(of(run))
		if v == "" {
			v = "none"
		}
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

func doubts(name string, s Side) (lines []string) {
	for n, run := range s.Runs {
		where := fmt.Sprintf("%s, %s", name, s.Dirs[n])
		if !run.Valid {
			lines = append(lines, fmt.Sprintf("%s is not valid as a measurement: %s", where, strings.Join(run.Invalid, "; ")))
		}
		if run.Result != "success" {
			lines = append(lines, fmt.Sprintf("%s ended in %s: %s", where, run.Result, loadInWords(run)))
		}
	}
	return lines
}

// ComparisonText renders a comparison for a terminal: first what differs by more than
// noise, and what makes the two sides hard to compare.
func ComparisonText(c Comparison) string {
	p := &page{}
	var told []string
	for _, r := range c.Rows {
		if r.Noise == Beyond || r.Noise == BeyondInside {
			told = append(told, fmt.Sprintf("%s, %s: %s", r.Phase, r.What, change(r)))
		}
	}
	beyond := Beyond
	if len(c.A.Runs) == 1 && len(c.B.Runs) == 1 {
		beyond = BeyondInside
	}
	p.line("From A to B %d of %s are %s", len(told), plural(len(c.Rows), "figure"), beyond)
	for _, t := range told {
		p.line("  %s", t)
	}
	p.line("  A: %s", strings.Join(c.A.Dirs, ", "))
	p.line("  B: %s", strings.Join(c.B.Dirs, ", "))
	p.list("Not alike", c.Settings)
	p.list("To be doubted", c.Doubts)
	p.list("Noise", c.Method)
	phase := ""
	for n, r := range c.Rows {
		if n == 0 || r.Phase != phase {
			phase = r.Phase
			p.line("")
			p.line("%-38s %16s %16s %9s  %s", "Phase "+phase, "A", "B", "change", "noise")
		}
		p.line("%-38s %16s %16s %9s  %s (%s)", r.What, amount(r.A, r.Unit), amount(r.B, r.Unit), change(r), r.Noise, r.Why)
	}
	return p.out.String()
}

func (p *page) list(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.line("")
	p.line("%s", title)
	for _, l := range lines {
		p.line("  %s", l)
	}
}

func amount(v float64, unit string) string {
	if unit == "ms" {
		return ms(v)
	}
	return fmt.Sprintf("%.4g %s", v, unit)
}

func change(r Contrast) string {
	if c := r.Change(); !math.IsNaN(c) {
		return fmt.Sprintf("%+.1f %%", 100*c)
	}
	return "-"
}
