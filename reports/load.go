package reports

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
)

// LoadSchema is the JSON Schema of load.json.
//
//go:embed load.schema.json
var LoadSchema []byte

// LoadExit is the exit code that goes with a load run's result.
func LoadExit(l evidence.Load) int {
	switch {
	case l.Unusable != "":
		return exitUnusable
	case l.Result == "failure":
		return exitFailure
	case l.Result == "success":
		return exitOK
	}
	return exitIncomplete
}

// LoadText renders a load run for a terminal. The verdict comes first, so that
// nobody reads a rate without learning whether the accounts are there. Nothing
// in it can act on a terminal.
func LoadText(l evidence.Load) string {
	p := &page{}
	p.line("%s: %s", cameOut(l, strings.ToUpper(l.Result)), loadInWords(l))
	for _, why := range slices.Concat(l.Deviates, l.Missing) {
		p.line("  %s", why)
	}
	if doubtful(l) {
		p.line("INVALID as a measurement: no figure below stands by itself")
		for _, why := range l.Invalid {
			p.line("  %s", why)
		}
	}
	p.turned(l.Knobs)
	p.line("  %s, target %s", joined(l.Tool.Name, l.Tool.Version), Target{l.Target.Kind, l.Target.Name, l.Target.URL}.inWords())
	p.line("  run %s, seed %d, %s, %s, %s, dialect %s", l.Run.ID, l.Run.Seed,
		l.Run.Started.UTC().Format(time.RFC3339), crowdOf(l), asked(l.Asked), l.Asked.Dialect)
	if s := besides(l); s != "" {
		p.line("  %s", s)
	}
	for _, one := range inFigures(l) {
		p.line("  %s", one)
	}
	p.slos(l.SLOs)
	p.capacity(l.Capacity)
	for _, phase := range l.Phases {
		p.phase(phase)
	}
	if l.People.Began > 0 {
		p.readback(l.Readback)
	}
	if l.Left.Disabled+l.Left.Active > 0 {
		p.line("")
		p.line("Left at the target: %s", left(l.Left))
	}
	if l.Run.Reproduce != "" {
		p.line("")
		p.line("Again: %s", l.Run.Reproduce)
	}
	return p.out.String()
}

// doubtful says that there are figures, and that none stands by itself.
func doubtful(l evidence.Load) bool { return len(l.Phases) > 0 && !l.Valid }

// cameOut is the result as a headline has it: nobody reads of a success without learning
// that it is one of the accounts, and not of the figures.
func cameOut(l evidence.Load, result string) string {
	if l.Result == "success" && doubtful(l) {
		return result + ", but INVALID as a measurement"
	}
	return result
}

// besides is what else had a part in the figures; "" when nothing had.
func besides(l evidence.Load) string {
	var words []string
	if len(l.Asked.Limits) > 0 {
		words = append(words, "the server is set limits for practice: "+strings.Join(l.Asked.Limits, ", "))
	}
	if l.Run.SameProcess {
		words = append(words, fmt.Sprintf("client and server share this process and its %d CPUs: no figure is the server's alone", l.Run.GoMaxProcs))
	}
	return strings.Join(words, "; ")
}

// crowdOf is how many people there were: as many as were asked for, and in a search as
// many as its rates came to.
func crowdOf(l evidence.Load) string {
	if l.Capacity != nil {
		return fmt.Sprintf("a search, %d people at all its rates together", l.Asked.People)
	}
	return fmt.Sprintf("%d people", l.Asked.People)
}

// inFigures is what a run came to in figures: lines for what was searched, and one for
// each phase. A few dialogues have no rate, and few values no p99, of which they show
// the maximum. How long the pool was full, and who waited, stands beside the times. A run
// that is not valid has none: a figure that may not stand by itself is not put where it
// would.
func inFigures(l evidence.Load) []string {
	if !l.Valid {
		return nil
	}
	var lines []string
	if l.Capacity != nil {
		lines = append(lines, "capacity: "+capacityInWords(l.Capacity)+machine(l.Run), limitedBy(l.Capacity))
	}
	for _, p := range l.Phases {
		if p.People.Began == 0 {
			continue
		}
		words := p.Name + ": " + howMany(p, l.Asked.Workers)
		for _, d := range p.Dialogues {
			if d.Count > 0 {
				words += fmt.Sprintf("; %s %s", d.Kind, inBrief(d))
			}
		}
		if s := timesOfRefusals(p); s != "" {
			words += ", " + s
		}
		if b := p.Backlog; p.Pace.Asked > 0 && (b.FullMS > 0 || b.Most > 0) {
			words += fmt.Sprintf("; pool full for %s, at most %d waiting", ms(b.FullMS), b.Most)
		}
		lines = append(lines, words+"; "+failed(p.People))
	}
	return lines
}

// howMany says how many were done, and at what rate: in a closed loop at that at which
// they were done, and otherwise at that at which they began, beside the other where it
// is less.
func howMany(p evidence.LoadPhase, workers int) string {
	begun, done := fmt.Sprint(p.People.Began), "done"
	of := begun
	if n := p.People.Done; n != p.People.Began {
		of, done = fmt.Sprintf("%d of %s", n, begun), fmt.Sprintf("%d done", n)
	}
	switch {
	case p.People.Done == 0:
		return "none of " + begun
	case p.TooFew():
		return of + ", too few for a rate"
	case p.Pace.Asked <= 0:
		return fmt.Sprintf("%s at %.4g a second, %d at a time", of, p.Pace.PerSecond, workers)
	case lagging(p):
		return fmt.Sprintf("%s begun at %.4g a second of %.4g asked, %s at %.4g a second", begun, p.Pace.Achieved, p.Pace.Asked, done, p.Pace.PerSecond)
	}
	return fmt.Sprintf("%s at %.4g a second of %.4g asked", of, p.Pace.Achieved, p.Pace.Asked)
}

// mostLag is the share by which fewer may be done a second than begun, and one rate
// stands for both.
const mostLag = 0.05

func lagging(p evidence.LoadPhase) bool { return p.Pace.PerSecond < (1-mostLag)*p.Pace.Achieved }

// timesOfRefusals says that times are of dialogues too that were refused; "" where they
// are of those alone that were done.
func timesOfRefusals(p evidence.LoadPhase) string {
	switch n := p.People.Refused - p.People.Guarded; {
	case n <= 0:
		return ""
	case p.People.Done == 0:
		return "which are times of refusals alone"
	default:
		return fmt.Sprintf("the times of %s among them", plural(n, "refusal"))
	}
}

// How many values have none above their p90, or their p99, if there are fewer.
const (
	fewForP90 = 10
	fewForP99 = 100
)

// inBrief is a distribution in as many words as its count can bear.
func inBrief(d evidence.Latency) string {
	switch {
	case d.Count == 1:
		return ms(d.Max)
	case d.Count < fewForP99:
		return fmt.Sprintf("p50 %s, max %s", ms(d.P50), ms(d.Max))
	}
	return fmt.Sprintf("p50 %s, p99 %s", ms(d.P50), ms(d.P99))
}

// failed says how many dialogues failed, and of what.
func failed(p evidence.LoadPeople) string {
	var of []string
	for _, one := range []struct {
		count int
		what  string
	}{{p.Refused, "refused"}, {p.Unanswered, "unanswered"}, {p.Throttled, "throttled"}} {
		if one.count > 0 {
			of = append(of, fmt.Sprintf("%d %s", one.count, one.what))
		}
	}
	words := "no errors"
	if len(of) > 0 {
		words = fmt.Sprintf("%s (%s)", plural(p.Errors(), "error"), strings.Join(of, ", "))
	}
	if p.Stopped > 0 {
		words += fmt.Sprintf(", %d cut off", p.Stopped)
	}
	return words
}

func loadInWords(l evidence.Load) string {
	switch r := l.Readback; {
	case r.Bad() > 0:
		return notAsPlanned(l)
	case l.People.Refused > 0:
		return fmt.Sprintf("%d of %d dialogues were ended by what the target answered", l.People.Refused, l.People.Began)
	case len(l.Deviates) > 0:
		return "the target did not answer as SCIM has it, or not at all"
	case l.Result == "failure":
		return "a limit did not hold"
	case l.Result != "success":
		return "no full verdict"
	case onlyRead(l.Asked.Phases):
		return "all lists were read as in an import, and nobody was to be provisioned"
	case l.People.Throttled > 0:
		return turnedAway(l)
	}
	return asPlanned(l)
}

// onlyRead says that the phases of a run make nothing.
func onlyRead(phases []string) bool {
	return slices.Equal(phases, []string{"import"})
}

// notAsPlanned names what there is, and nothing of which there is none.
func notAsPlanned(l evidence.Load) string {
	r := l.Readback
	var words []string
	if s := enumerated(" account", soMany{r.Lost, "lost"}, soMany{r.Doubled, "doubled"}, soMany{r.Wrong, "wrong"}); s != "" {
		words = append(words, fmt.Sprintf("of %d people, %s", l.Asked.People, s))
	}
	if g := r.Groups; g != nil {
		members := fmt.Sprintf("of the members of %d groups", l.Asked.Groups)
		groups := []string{neverMade(l), enumerated("", soMany{g.Lost, "lost"}, soMany{g.Doubled, "doubled"}, soMany{g.Wrong, "wrong"})}
		if groups = slices.DeleteFunc(groups, func(s string) bool { return s == "" }); len(groups) > 0 {
			words = append(words, fmt.Sprintf("of %d groups, %s", l.Asked.Groups, strings.Join(groups, ", ")))
			members = "of their members"
		}
		if s := enumerated("", soMany{g.MembersLost, "lost"}, soMany{g.MembersStrange, "too many"}); s != "" {
			words = append(words, members+" "+s)
		}
	}
	return strings.Join(words, "; ")
}

// A soMany is how many of something are so.
type soMany struct {
	n    int
	word string
}

// enumerated is "3 accounts are lost, 1 doubled", of what there is; "" where nothing is.
func enumerated(noun string, all ...soMany) string {
	var words []string
	for _, c := range all {
		switch {
		case c.n == 0:
		case len(words) > 0:
			words = append(words, fmt.Sprintf("%d %s", c.n, c.word))
		case c.n == 1:
			words = append(words, fmt.Sprintf("1%s is %s", noun, c.word))
		case noun != "":
			words = append(words, fmt.Sprintf("%d%ss are %s", c.n, noun, c.word))
		default:
			words = append(words, fmt.Sprintf("%d are %s", c.n, c.word))
		}
	}
	return strings.Join(words, ", ")
}

// neverMade counts the groups that are neither there nor lost: their pushes were refused
// or never begun. It is told of a directory that was read to its end.
func neverMade(l evidence.Load) string {
	n := l.Asked.Groups - l.Readback.Groups.Groups - l.Readback.Groups.Lost
	switch {
	case n <= 0 || !l.Readback.Done:
		return ""
	case n == 1:
		return "1 was never made"
	}
	return fmt.Sprintf("%d were never made", n)
}

// turnedAway is how a run came out that was to count answers of 429, and did.
func turnedAway(l evidence.Load) string {
	words := fmt.Sprintf("%d of %d people have one account each", l.Readback.Ours, l.Asked.People)
	if g := l.Readback.Groups; g != nil {
		words += fmt.Sprintf(", and %d of %d groups have their %d members", g.Groups, l.Asked.Groups, g.Members)
	}
	if l.Readback.Sampled() != "" {
		words += ", by the lists and a sample"
	}
	turned := "1 was"
	if n := l.People.Throttled; n > 1 {
		turned = fmt.Sprintf("%d were", n)
	}
	if len(l.Phases) > 1 {
		turned = fmt.Sprintf("of %d dialogues %s", l.People.Began, turned)
	}
	return fmt.Sprintf("%s; %s turned away with 429, as was to be counted", words, turned)
}

func asPlanned(l evidence.Load) string {
	words := fmt.Sprintf("%d people have one account each, as planned", l.Readback.Ours)
	if g := l.Readback.Groups; g != nil {
		words = fmt.Sprintf("%d people have one account each, and %d groups have their %d members, as planned", l.Readback.Ours, g.Groups, g.Members)
	}
	if l.Readback.Sampled() != "" {
		words += ", by the lists and a sample"
	}
	return words
}

func asked(a evidence.LoadAsked) string {
	rate := fmt.Sprintf("%g", a.Rate)
	switch {
	case a.Rate <= 0:
		return fmt.Sprintf("%d at a time", a.Workers)
	case a.Schedule == rate || a.Schedule == "":
		rate += " a second"
	default:
		rate = "schedule “" + a.Schedule + "”"
	}
	return fmt.Sprintf("%s, at most %d at a time", rate, a.Workers)
}

func (p *page) slos(all []evidence.LoadSLO) {
	if len(all) == 0 {
		return
	}
	p.line("")
	p.line("Limits")
	for _, s := range all {
		p.line("  %-10s %s: %s", s.Verdict, s.Limit, s.Got)
	}
}

func (p *page) capacity(c *evidence.LoadCapacity) {
	if c == nil {
		return
	}
	p.line("")
	p.line("Capacity: %s", capacityInWords(c))
	p.line("%s", limitedBy(c))
	p.line("%10s %10s %8s %8s %12s %12s  %s", "a second", "begun", "people", "errors", "p50", "p99", "limits")
	for _, s := range c.Steps {
		t := shownOf(s)
		p.line("%10.4g %10.4g %8d %8d %12s %12s  %s", s.Rate, s.Achieved, s.People, s.Errors, inColumn(t.P50), inColumn(t.P99), held(s))
	}
}

func capacityInWords(c *evidence.LoadCapacity) string {
	switch {
	case c.Rate == 0:
		return "none of the rates held the limits; " + c.Ended
	case c.Above == 0:
		return fmt.Sprintf("at least %.4g a second; %s", c.Rate, c.Ended)
	}
	return fmt.Sprintf("%.4g a second held, %.4g did not; %s", c.Rate, c.Above, c.Ended)
}

// machine is where a capacity was found: what else was going on there may have been the
// limit.
func machine(r evidence.LoadRun) string {
	words := fmt.Sprintf("; on %s", plural(r.GoMaxProcs, "CPU"))
	if r.LoadAverage != nil {
		words += fmt.Sprintf(", with a load average of %.2f before it began", *r.LoadAverage)
	}
	return words
}

// limitedBy says what ended the capacity, so that nobody holds it against the throughput
// of a closed loop, which may be more: there nobody is due while all are talking.
func limitedBy(c *evidence.LoadCapacity) string {
	why := "no rate that was tried"
	for _, s := range c.Steps {
		if !s.Held && s.Rate == c.Above {
			why = fmt.Sprintf("what happened at %.4g a second (%s)", s.Rate, s.Why)
		}
	}
	return "limited by " + why + "; a closed loop (--rate 0) may do more a second, since nobody is due in it while all are talking, and no queue can grow"
}

func held(s evidence.LoadStep) string {
	if s.Held {
		return "held"
	}
	return "not held: " + s.Why
}

// phase tells of one phase, those who were never begun and the time with a full pool
// first: without them its times would flatter the target.
func (p *page) phase(one evidence.LoadPhase) {
	p.line("")
	p.line("Phase %s: %d of %d begun, %d done, %s", one.Name, one.People.Began, one.Planned, one.People.Done, failed(one.People))
	if one.People.Began == 0 {
		return
	}
	for _, line := range circumstances(one) {
		p.line("%s", line)
	}
	p.line("%-30s %8s %10s %10s %10s %10s  %s", "Times", "count", "p50", "p90", "p99", "max", "answers")
	for _, t := range timesOf(one) {
		p.latency(t)
	}
	for _, line := range unseen(one) {
		p.line("%-30s %s", "", line)
	}
	p.loadFailures(one.Failures)
}

// unseen tells of those who have no response time of their kind, and why, and of those
// whose time is that of a refusal.
func unseen(one evidence.LoadPhase) (lines []string) {
	if n := one.People.Refused - one.People.Guarded; n > 0 {
		lines = append(lines, fmt.Sprintf("%8d refused, who are in the times %s: they were answered, and not served", n, since(one)))
	}
	for _, d := range one.Dialogues {
		if n := d.Untimed.Unanswered; n > 0 {
			lines = append(lines, fmt.Sprintf("%8d of %s without an answer, who are in no time %s: they waited longer than it may show", n, d.Kind, since(one)))
		}
		if n := d.Untimed.Throttled; n > 0 {
			lines = append(lines, fmt.Sprintf("%8d of %s ended by answers of 429, who are in no time %s: they were answered, and not served", n, d.Kind, since(one)))
		}
	}
	return lines
}

// byTurns is what the times of changes of groups have in them besides; "" in a phase
// without any. A push is a group's first dialogue, and waits for none.
func byTurns(one evidence.LoadPhase) string {
	for _, d := range one.Dialogues {
		if d.Count > 0 && slices.Contains([]string{"members", "join", "leave"}, d.Kind) {
			return "Groups: each has one dialogue at a time, as in Okta; who comes next waits for it, and that is in the times " + since(one) + " and not in those of requests"
		}
	}
	return ""
}

// since is where a dialogue's time begins. In a closed loop nobody is due.
func since(one evidence.LoadPhase) string {
	if one.Pace.Asked <= 0 {
		return "from its start"
	}
	return "from when due"
}

// circumstances are in which the times of a phase were taken: how the pace was kept,
// who waited for a place and who never got one, and what was turned away.
func circumstances(one evidence.LoadPhase) []string {
	lines := []string{pace(one)}
	if b := one.Backlog; b.FullMS > 0 || b.Most > 0 {
		lines = append(lines, fmt.Sprintf("Pool: full for %s, %d waited for a place at the worst moment", ms(b.FullMS), b.Most))
	}
	if n := one.Backlog.NotStarted; n > 0 {
		lines = append(lines, fmt.Sprintf("Not started: %d, who are in no figure", n))
	}
	if t := one.Throttle; t.Answers > 0 {
		words := "Throttled: " + plural(t.Answers, "answer") + " of 429"
		if t.WaitedMS > 0 {
			words += fmt.Sprintf(", which asked for %s of waiting, added up over dialogues that wait at the same time", minutes(t.WaitedMS))
		}
		lines = append(lines, words)
	}
	if s := byTurns(one); s != "" {
		lines = append(lines, s)
	}
	return lines
}

func pace(one evidence.LoadPhase) string {
	pace := one.Pace
	switch {
	case pace.Asked <= 0:
		return fmt.Sprintf("Pace: %.1f a second, closed loop: who would have come in a stall did not, so that one shows in the max alone", pace.PerSecond)
	case one.TooFew():
		return fmt.Sprintf("Pace: %d are too few to tell whether %.4g a second was kept", one.People.Began, pace.Asked)
	}
	verdict := "kept"
	if !one.Kept() {
		verdict = "NOT kept"
	}
	return fmt.Sprintf("Pace: %s, %.1f a second begun of %.4g asked, %.1f done; %d began more than 100 ms late (half within %s, the last after %s)",
		verdict, pace.Achieved, pace.Asked, pace.PerSecond, pace.Late, ms(pace.Lag.P50), ms(pace.Lag.Max))
}

// A timed is one row of times: what was timed, and how long it took.
type timed struct {
	What string
	evidence.Latency
}

// timesOf lists the times of a phase: what a person waits from when they are due, or in a
// closed loop from when they begin, what of that is the generator's own being late, and
// what each kind of request takes.
func timesOf(one evidence.LoadPhase) []timed {
	var all []timed
	for _, d := range one.Dialogues {
		all = append(all, timed{since(one) + ": " + d.Kind, d})
	}
	if one.Pace.Lag.Count > 0 {
		all = append(all, timed{"of that, late to begin", one.Pace.Lag})
	}
	for _, r := range one.Requests {
		all = append(all, timed{"a request: " + r.Kind, r})
	}
	return all
}

func (p *page) latency(l timed) {
	s := shown(l.Latency)
	p.line("%-30s %8d %10s %10s %10s %10s  %s", l.What, l.Count, inColumn(s.P50), inColumn(s.P90), inColumn(s.P99), inColumn(s.Max), statuses(l.Status))
	if l.OutOfRange > 0 {
		p.line("%-30s %8d out of the range of 1 µs to 10 min, counted at its ends", "", l.OutOfRange)
	}
}

// minutes is a sum of times, which soon is long.
func minutes(v float64) string {
	if v < 120_000 {
		return ms(v)
	}
	return fmt.Sprintf("%.1f min", v/60_000)
}

// A shownTimes is a distribution as a table has it.
type shownTimes struct{ P50, P90, P99, Max string }

// shown leaves out what so few values do not have, as a headline does: a percentile that
// is their maximum under another name, and all of none.
func shown(l evidence.Latency) shownTimes {
	from := func(fewest int64, v float64) string {
		if l.Count < fewest {
			return "–"
		}
		return ms(v)
	}
	return shownTimes{from(2, l.P50), from(fewForP90, l.P90), from(fewForP99, l.P99), from(1, l.Max)}
}

// shownOf is shown of a rate that was tried.
func shownOf(s evidence.LoadStep) shownTimes {
	l := evidence.Latency{Count: int64(s.People), P50: s.P50, P99: s.P99}
	if s.P50 == 0 {
		l.Count = 0 // nobody was answered
	}
	return shown(l)
}

// inColumn keeps the points of a column below each other.
func inColumn(shown string) string {
	if !strings.HasSuffix(shown, " ms") {
		return shown + " "
	}
	return shown
}

// ms is a time in milliseconds, or from ten seconds on in seconds.
func ms(v float64) string {
	if v >= 10_000 {
		return fmt.Sprintf("%.2f s", v/1000)
	}
	return fmt.Sprintf("%.2f ms", v)
}

func statuses(all map[string]int) string {
	var words []string
	for status, count := range all {
		if status != "none" {
			status = "HTTP " + status // a number by a number is none of either
		}
		words = append(words, fmt.Sprintf("%s × %d", status, count))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

func (p *page) readback(r evidence.Readback) {
	p.line("")
	for _, line := range counted(r) {
		p.line("%s", line)
	}
	for _, d := range r.Examples {
		p.line("  %s", difference(d))
	}
	if s := more(r); s != "" {
		p.line("  %s", s)
	}
	for _, note := range r.Notes {
		p.line("  note: %s", note)
	}
}

// more says how many differ, of whom the examples are the first, and where all of them
// are listed; "" when the examples are all. One example may be about many members.
func more(r evidence.Readback) string {
	switch shown := len(r.Examples); {
	case shown == 0 || shown >= r.Bad():
		return ""
	case r.AllIn == "":
		return fmt.Sprintf("… %d in all", r.Bad())
	}
	return fmt.Sprintf("… %d in all, each a line of %s", r.Bad(), r.AllIn)
}

// counted is what was read back, in figures, and how much of it was looked at.
func counted(r evidence.Readback) []string {
	whole := "Read back"
	if !r.Done {
		whole = "Read back, and not to the end"
	}
	lines := []string{fmt.Sprintf("%s: %s on %s, %d people of this run, %d read by id, in %s: %d lost, %d doubled, %d wrong",
		whole, plural(r.Accounts, "account"), plural(r.Pages, "page"), r.Ours, r.ReadByID, ms(r.TookMS), r.Lost, r.Doubled, r.Wrong)}
	if g := r.Groups; g != nil {
		lines = append(lines, fmt.Sprintf("Groups: %d with %s in all, %d looked up by name: %d lost, %d doubled, %d wrong; %d members lost, %d who should not be there",
			g.Groups, plural(g.Members, "member"), g.LookedUp, g.Lost, g.Doubled, g.Wrong, g.MembersLost, g.MembersStrange))
	}
	if s := r.Sampled(); s != "" {
		lines = append(lines, "Sampled: "+s)
	}
	return lines
}

func difference(d evidence.Difference) string {
	return fmt.Sprintf("%s: %s (id %s): %s", d.What, d.Name, cmp.Or(d.ID, "unknown"), d.Why)
}

func left(l evidence.LoadLeft) string {
	return fmt.Sprintf("%s disabled, %d not put away (see ledger.jsonl)", plural(l.Disabled, "account"), l.Active)
}

func (p *page) loadFailures(all []evidence.LoadFailure) {
	if len(all) == 0 {
		return
	}
	p.line("Dialogues that failed")
	for _, f := range all {
		p.line("  %5d × %s", f.Count, f.Why)
		p.line("          such as: %s", f.Example)
	}
}
