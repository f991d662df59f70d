package reports

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/scimproof/scimproof/reports/chart"
	"github.com/scimproof/scimproof/reports/evidence"
)

// The parts of a load run's page. Its style is the other page's, and what is drawn.
var (
	//go:embed page/load.html
	loadLayout string
	//go:embed page/load.css
	drawnStyle string

	loadStyle    = pageStyle + drawnStyle
	loadTemplate = template.Must(template.New("load").Parse(loadLayout))
)

// LoadHTML renders a load run as one page that needs nothing else: no server, no
// network, no script. What the target said is text in it, by the same means as in
// [HTML].
func LoadHTML(l evidence.Load) ([]byte, error) {
	var out bytes.Buffer
	if err := loadTemplate.Execute(&out, newLoadDocument(l)); err != nil {
		return nil, fmt.Errorf("render %s: %w", LoadPage, err)
	}
	return inertPage(out.String()), nil
}

// A loadDocument is what the page of a load run shows, in its order.
type loadDocument struct {
	Policy  string
	Style   template.CSS
	Load    evidence.Load
	Class   string // of the head, by which it has its colour
	Outcome string // the result, and whether the figures are part of it
	Verdict string // in words
	Why     []string
	Doubt   []string // why no figure stands by itself
	Figures []string
	Target  string
	Okta    string
	Crowd   string
	Asked   string
	Besides string
	Started string

	Limits   []limitRow
	Capacity *capacityView
	Phases   []phaseView
	Counted  []string
	More     string // how many differ, where not all are listed
	Left     string
}

type (
	limitRow struct {
		evidence.LoadSLO
		Class string
	}
	capacityView struct {
		Words   string
		Limited string
		Steps   []stepRow
		Figures []figure
	}
	stepRow struct {
		evidence.LoadStep
		Words string
		Shown shownTimes
	}
	phaseView struct {
		evidence.LoadPhase
		ID            string
		Failed        string
		Circumstances []string
		Unseen        []string
		Times         []timeRow
		Figures       []figure
		Trouble       string // why a curve is drawn of few points; "" when none is
	}
	timeRow struct {
		timed
		Shown   shownTimes
		Answers string
	}
	// A figure is a drawing with what is written around it.
	figure struct {
		Title  string
		SVG    template.HTML
		Legend []legend
	}
	legend struct{ Class, Text string }
)

func newLoadDocument(l evidence.Load) loadDocument {
	d := loadDocument{
		Policy: fmt.Sprintf("default-src 'none'; style-src %s; base-uri 'none'; form-action 'none'", hashOf(loadStyle)),
		Style:  template.CSS(loadStyle), Load: l, Class: l.Result, Outcome: cameOut(l, l.Result), Verdict: loadInWords(l), Why: slices.Concat(l.Deviates, l.Missing), Figures: inFigures(l),
		Target: Target{l.Target.Kind, l.Target.Name, l.Target.URL}.inWords(), Okta: otherwise(l.Knobs), Crowd: crowdOf(l), Asked: asked(l.Asked), Besides: besides(l),
		Started: l.Run.Started.UTC().Format("2006-01-02 15:04:05 UTC"), Capacity: viewCapacity(l.Capacity),
	}
	if doubtful(l) {
		d.Doubt = l.Invalid
	}
	if d.Outcome != l.Result {
		d.Class = "incomplete"
	}
	for _, s := range l.SLOs {
		d.Limits = append(d.Limits, limitRow{s, map[string]string{evidence.SLOHeld: "pass", evidence.SLOBreached: "fail"}[s.Verdict]})
	}
	for n, p := range l.Phases {
		d.Phases = append(d.Phases, viewPhase(n, p))
	}
	if l.People.Began > 0 {
		d.Counted, d.More = counted(l.Readback), more(l.Readback)
	}
	if l.Left.Disabled+l.Left.Active > 0 {
		d.Left = left(l.Left)
	}
	return d
}

func viewCapacity(c *evidence.LoadCapacity) *capacityView {
	if c == nil {
		return nil
	}
	v := &capacityView{Words: capacityInWords(c), Limited: limitedBy(c)}
	for _, s := range c.Steps {
		v.Steps = append(v.Steps, stepRow{s, held(s), shownOf(s)})
	}
	v.Figures = drawn(knee(c), kept(c))
	return v
}

func viewPhase(n int, p evidence.LoadPhase) phaseView {
	v := phaseView{LoadPhase: p, ID: fmt.Sprintf("phase-%d", n+1), Failed: failed(p.People)}
	if p.People.Began == 0 {
		return v
	}
	v.Circumstances, v.Unseen = circumstances(p), unseen(p)
	for _, t := range timesOf(p) {
		v.Times = append(v.Times, timeRow{t, shown(t.Latency), statuses(t.Status)})
	}
	whole := true
	curves := func(title string, all []evidence.Latency) chart.Plot {
		plot, read := percentileCurves(title, all)
		whole = whole && read
		return plot
	}
	v.Figures = drawn(
		curves("Waiting "+since(p)+", by percentile", p.Dialogues), curves("Each request, by percentile", p.Requests),
		waiting(p), pacing(p), inFlight(p), failing(p),
	)
	if !whole {
		v.Trouble = "a histogram of load.json cannot be read: its curve has the few percentiles that stand beside it"
	}
	return v
}

// drawn leaves out what shows nothing.
func drawn(plots ...chart.Plot) []figure {
	var all []figure
	for _, p := range plots {
		if p.Empty() {
			continue
		}
		f := figure{Title: p.Title, SVG: p.SVG()}
		for n, s := range p.Series {
			f.Legend = append(f.Legend, legend{p.ClassOf(n), s.Name})
		}
		all = append(all, f)
	}
	return all
}

// curvePoints is how many points a curve of percentiles has, at most.
const curvePoints = 120

// percentileCurves draws the distribution of each kind. It says whether all could be
// read.
func percentileCurves(title string, all []evidence.Latency) (plot chart.Plot, read bool) {
	most, lowest, highest := int64(0), math.Inf(1), 0.0
	read = true
	for _, l := range all {
		if l.Count == 0 {
			continue
		}
		points, err := curve(l)
		read = read && err == nil
		plot.Series = append(plot.Series, chart.Series{Name: l.Kind, Points: points})
		most = max(most, l.Count)
		for _, p := range points {
			lowest, highest = min(lowest, p.Y), max(highest, p.Y)
		}
	}
	plot.Title = title
	plot.X = chart.Axis{Title: "percentile", Scale: chart.Percentiles(most)}
	plot.Y = chart.Axis{Title: "ms, logarithmic", Scale: chart.Log(max(lowest, 0.001), highest)}
	return plot, read
}

// curve is a distribution by percentile, up to what its count can tell; the last
// point is its maximum. Where it cannot be read, what is written beside it stands for it.
func curve(l evidence.Latency) ([]chart.Point, error) {
	last := chart.Point{X: 100 - 100/float64(max(l.Count, 2)), Y: l.Max}
	h, err := distribution(l)
	if err != nil {
		var points []chart.Point
		for _, p := range []chart.Point{{X: 50, Y: l.P50}, {X: 90, Y: l.P90}, {X: 99, Y: l.P99}, {X: 99.9, Y: l.P999}} {
			if p.X < last.X {
				points = append(points, p)
			}
		}
		return append(points, last), err
	}
	percents := chart.Spread(l.Count, curvePoints)
	var points []chart.Point
	values := h.ValueAtPercentiles(percents)
	for _, percent := range percents {
		points = append(points, chart.Point{X: percent, Y: float64(values[percent]) / 1000})
	}
	return append(points, last), nil
}

// distribution is the whole of what was measured.
func distribution(l evidence.Latency) (*hdrhistogram.Histogram, error) {
	h, err := hdrhistogram.Decode([]byte(l.HDR))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the histogram of %s: %w", l.Kind, err)
	case h.TotalCount() != l.Count:
		return nil, fmt.Errorf("the histogram of %s holds %d values, and not %d", l.Kind, h.TotalCount(), l.Count)
	}
	return h, nil
}

// overTime is one series of a phase, a point in the middle of each bucket. The last
// bucket is not whole; what is counted per second is not told of less than half a one.
func overTime(p evidence.LoadPhase, perSecond bool, of func(evidence.LoadBucket) float64) []chart.Point {
	var points []chart.Point
	width := p.Timeline.BucketMS / 1000
	end := max(p.DurationMS/1000, 0)
	for n, b := range p.Timeline.Buckets {
		from := float64(n) * width
		covered := min(width, end-from)
		v := of(b)
		if perSecond {
			if covered < width/2 && n > 0 {
				break
			}
			if n < len(p.Timeline.Buckets)-1 || covered <= 0 {
				covered = width
			}
			v /= covered
		}
		points = append(points, chart.Point{X: from + width/2, Y: v})
	}
	return points
}

func timeAxis(p evidence.LoadPhase) chart.Axis {
	return chart.Axis{Title: "seconds", Scale: chart.Linear(0, float64(len(p.Timeline.Buckets))*p.Timeline.BucketMS/1000)}
}

// highest is the highest value of all series.
func highest(all []chart.Series) float64 {
	top := 0.0
	for _, s := range all {
		for _, p := range s.Points {
			if p.Y > top {
				top = p.Y
			}
		}
	}
	return top
}

// waiting is response time over time. A bucket in which nobody was due, or nobody began
// in a closed loop, is a gap.
func waiting(p evidence.LoadPhase) chart.Plot {
	lowest := math.Inf(1)
	known := func(v float64) float64 {
		if v <= 0 {
			return math.NaN()
		}
		lowest = min(lowest, v)
		return v
	}
	series := []chart.Series{
		{Name: "p50", Class: "half", Points: overTime(p, false, func(b evidence.LoadBucket) float64 { return known(b.P50) })},
		{Name: "p99", Class: "high", Points: overTime(p, false, func(b evidence.LoadBucket) float64 { return known(b.P99) })},
	}
	return chart.Plot{
		Title: "Waiting " + since(p) + ", over time", X: timeAxis(p), Y: chart.Axis{Title: "ms, logarithmic", Scale: chart.Log(lowest, highest(series))},
		Series: series,
	}
}

func pacing(p evidence.LoadPhase) chart.Plot {
	series := []chart.Series{
		{Name: "ended", Points: overTime(p, true, func(b evidence.LoadBucket) float64 { return float64(b.Ended) })},
		{Name: "begun", Class: "rest", Points: overTime(p, true, func(b evidence.LoadBucket) float64 { return float64(b.Begun) })},
	}
	return chart.Plot{Title: "Dialogues a second", X: timeAxis(p), Y: chart.Axis{Title: "a second", Scale: chart.FromZero(highest(series))}, Series: series}
}

// inFlight is drawn where anything was still going on when a bucket ended.
func inFlight(p evidence.LoadPhase) chart.Plot {
	series := []chart.Series{{Name: "begun and not ended", Points: overTime(p, false, func(b evidence.LoadBucket) float64 { return float64(b.InFlight) })}}
	if highest(series) == 0 {
		return chart.Plot{}
	}
	return chart.Plot{Title: "Dialogues in flight", X: timeAxis(p), Y: chart.Axis{Title: "dialogues", Scale: chart.FromZero(highest(series))}, Series: series}
}

// failing is drawn where something failed.
func failing(p evidence.LoadPhase) chart.Plot {
	series := []chart.Series{{Name: "errors", Class: "bad", Points: overTime(p, true, func(b evidence.LoadBucket) float64 { return float64(b.Errors) })}}
	if highest(series) == 0 {
		return chart.Plot{}
	}
	return chart.Plot{Title: "Errors a second", X: timeAxis(p), Y: chart.Axis{Title: "a second", Scale: chart.FromZero(highest(series))}, Series: series}
}

// byRate are the steps of a search in the order of their rates.
func byRate(c *evidence.LoadCapacity) []evidence.LoadStep {
	return slices.SortedFunc(slices.Values(c.Steps), func(a, b evidence.LoadStep) int { return cmp.Compare(a.Rate, b.Rate) })
}

func rates(c *evidence.LoadCapacity) chart.Axis {
	most := 0.0
	for _, s := range c.Steps {
		most = max(most, s.Rate)
	}
	return chart.Axis{Title: "asked, dialogues a second", Scale: chart.FromZero(most)}
}

// found marks the rate that held.
func found(c *evidence.LoadCapacity) []chart.Mark {
	if c.Rate <= 0 {
		return nil
	}
	return []chart.Mark{{X: c.Rate, Text: fmt.Sprintf("%.4g held", c.Rate)}}
}

// knee is where waiting grows with the rate.
func knee(c *evidence.LoadCapacity) chart.Plot {
	var half, high []chart.Point
	lowest := math.Inf(1)
	for _, s := range byRate(c) {
		if s.P50 > 0 {
			half, high, lowest = append(half, chart.Point{X: s.Rate, Y: s.P50}), append(high, chart.Point{X: s.Rate, Y: s.P99}), min(lowest, s.P50)
		}
	}
	series := []chart.Series{{Name: "p50", Class: "half", Points: half, Dots: true}, {Name: "p99", Class: "high", Points: high, Dots: true}}
	return chart.Plot{
		Title: "Waiting from when due, by rate", X: rates(c), Y: chart.Axis{Title: "ms, logarithmic", Scale: chart.Log(lowest, highest(series))},
		Series: series, Marks: found(c),
	}
}

// kept is what was achieved of what was asked.
func kept(c *evidence.LoadCapacity) chart.Plot {
	var asked, achieved []chart.Point
	for _, s := range byRate(c) {
		asked, achieved = append(asked, chart.Point{X: s.Rate, Y: s.Rate}), append(achieved, chart.Point{X: s.Rate, Y: s.Achieved})
	}
	series := []chart.Series{{Name: "begun", Points: achieved, Dots: true}, {Name: "asked", Class: "rest", Points: asked}}
	if len(achieved) == 0 {
		return chart.Plot{}
	}
	return chart.Plot{Title: "Begun, by rate", X: rates(c), Y: chart.Axis{Title: "a second", Scale: chart.FromZero(highest(series))}, Series: series, Marks: found(c)}
}
