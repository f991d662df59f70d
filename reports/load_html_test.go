package reports

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/reports/evidence"
)

func loadPage(t require.TestingT, l evidence.Load) ([]byte, *html.Node) {
	page, err := LoadHTML(l)
	require.NoError(t, err)
	doc, err := html.Parse(strings.NewReader(string(page)))
	require.NoError(t, err)
	return page, doc
}

func TestThePageOfALoadTellsItWhole(t *testing.T) {
	_, doc := loadPage(t, crowd())
	whole := text(doc)
	for what, want := range map[string]string{
		"the verdict":            "failure: of 200 people, 3 accounts are lost, 1 doubled, 2 wrong",
		"why it is not valid":    "Not valid as a measurement: no figure below stands by itself. onboard: 45.2 a second were begun of 50 asked",
		"the command":            "Again scimproof load --people 200",
		"a limit":                "create p99 < 50ms breached 95 ms",
		"the capacity":           "40 a second held, 44 did not; the two are within 10 %",
		"a rate":                 "44 41 440 3 500.00 ms 1200.00 ms not held: p99 < 1s: 1200 ms",
		"an account":             "lost ana.ruiz.spr7k2abcd-7@scimproof.test id 42 : neither listed, nor found",
		"how many more":          "… 39 in all, each a line of differences.jsonl.",
		"the pool":               "Pool: full for 1200.00 ms, 31 waited for a place at the worst moment",
		"those who never began":  "Not started: 10, who are in no figure",
		"the lag beside":         "of that, late to begin 190 0.40 ms 2.00 ms 120.00 ms 131.00 ms",
		"the unanswered":         "4 of onboard without an answer, who are in no time from when due: they waited longer than it may show. 1 of onboard ended by answers of 429, who are in no time from when due: they were answered, and not served.",
		"a search's people":      "Asked a search, 200 people at all its rates together",
		"what limited it":        "limited by what happened at 44 a second (p99 < 1s: 1200 ms); a closed loop (--rate 0) may do more",
		"a closed loop's rows":   "from its start: update 34",
		"what those begin at":    "“From its start” is the same in a closed loop",
		"a failure":              "10 × HTTP status 500 such as: Automatic provisioning of user Ana Ruiz",
		"a curve of few points":  "a histogram of load.json cannot be read",
		"how Okta was played":    "lookup404=failure",
		"what was practised on":  "the server is set limits for practice: slow-200ms; client",
		"who shares the machine": "client and server share this process and its 2 CPUs",
	} {
		assert.Contains(t, whole, want, what)
	}
	var titles []string
	for _, f := range all(doc, "figcaption") {
		titles = append(titles, text(f))
	}
	assert.Equal(t, []string{
		"Waiting from when due, by rate", "Begun, by rate",
		"Waiting from when due, by percentile", "Each request, by percentile", "Waiting from when due, over time", "Dialogues a second", "Dialogues in flight", "Errors a second",
		"Waiting from its start, by percentile",
	}, titles, "what has no points is not drawn")
	ids := map[string]bool{}
	for n := range doc.Descendants() {
		if id := attr(n, "id"); id != "" {
			assert.False(t, ids[id], "%s is there twice", id)
			ids[id] = true
		}
	}
	for _, a := range all(doc, "a") {
		assert.True(t, ids[strings.TrimPrefix(attr(a, "href"), "#")], "nothing is at %s", attr(a, "href"))
	}
	_, good := loadPage(t, content())
	assert.NotContains(t, text(good), "Not valid")
	assert.Contains(t, text(all(good, "ul", "class", "figures")[0]), "onboard: 200 at 49.97 a second of 50 asked; onboard p50 12.30 ms, p99 310.00 ms; no errors")
}

func TestThePolicyOfALoadsPageNamesItsStyleAlone(t *testing.T) {
	_, doc := loadPage(t, crowd())
	style := all(doc, "style")
	require.Len(t, style, 1)
	sum := sha256.Sum256([]byte(style[0].FirstChild.Data))
	assert.Equal(t, fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'", base64.StdEncoding.EncodeToString(sum[:])),
		attr(all(doc, "meta", "http-equiv", "Content-Security-Policy")[0], "content"))
	for n := range doc.Descendants() {
		assert.NotContains(t, []string{"script", "link", "img", "iframe", "object", "base", "use", "image", "foreignObject"}, n.Data)
		for _, a := range n.Attr {
			assert.False(t, strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src", "%s has %s", n.Data, a.Key)
		}
	}
}

// spoilt is a load run in which every text is the target's.
func spoilt(text string) evidence.Load {
	l := crowd()
	l.Result, l.Missing, l.Deviates, l.Invalid, l.Readback.Notes = text, []string{text}, []string{text}, []string{text}, []string{text}
	l.Tool.Name, l.Tool.Version, l.Target.Name, l.Target.URL, l.Run.ID, l.Run.Reproduce = text, text, text, text, text, text
	l.Asked.Dialect, l.Asked.Schedule, l.Asked.Mix, l.Asked.Phases, l.Knobs = text, text, text, []string{text}, map[string]string{text: text}
	l.SLOs[0] = evidence.LoadSLO{Limit: text, Verdict: text, Got: text}
	l.Capacity.Ended, l.Capacity.Steps[1].Why = text, text
	l.Readback.Examples = []evidence.Difference{{What: text, Name: text, ID: text, Why: text}}
	one := &l.Phases[0]
	one.Name, one.About, one.Failures = text, text, []evidence.LoadFailure{{Why: text, Count: 1, Example: text}}
	one.Dialogues[0].Kind, one.Dialogues[0].HDR, one.Requests[0].Kind, one.Requests[0].Status = text, text, text, map[string]int{text: 1}
	return l
}

func TestNothingThatTheTargetSaysIsMarkupInThePageOfALoad(t *testing.T) {
	_, plain := loadPage(t, spoilt("plain"))
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.SampledFrom([]string{
			"</script><script>alert(1)</script>", "</style><style>*{}", `" onload="alert(1)`, "'><img src=x onerror=alert(1)>", "javascript:alert(1)", "</svg><svg onload=alert(1)>",
			"<!--", "-->", "]]>", "{{.}}", "\x1b[2J", "\n::error::x", "##[error]x", "##vso[x]", "\u202etxt", "\x00", "\xff", "&lt;script&gt;", "`",
		}).Draw(t, "hostile")
		text := "a" + hostile + rapid.String().Draw(t, "more")
		raw, doc := loadPage(t, spoilt(text))
		if got := markupOf(doc); got != markupOf(plain) {
			t.Fatalf("%q became markup:\n%s", text, raw)
		}
		harmless(t, strings.TrimSuffix(string(raw), "\n"))
		harmless(t, LoadText(spoilt(text)))
		harmless(t, LoadMarkdown(spoilt(text)))
	})
}

// A distribution that was recorded is drawn as it was recorded: each percentile of the
// curve is the histogram's, and its end is the maximum.
func TestACurveIsTheDistributionThatWasRecorded(t *testing.T) {
	h := hdrhistogram.New(1, 600e6, 3)
	for n := int64(1); n <= 10_000; n++ {
		require.NoError(t, h.RecordValue(n*1000)) // 1 ms to 10 s
	}
	l := recorded("create", h)
	points, err := curve(l)
	require.NoError(t, err)
	for n, p := range points {
		assert.InEpsilon(t, max(1, p.X*100), p.Y, 0.011, "the %g-th percentile", p.X)
		if n > 0 {
			assert.GreaterOrEqual(t, p.Y, points[n-1].Y)
			assert.Greater(t, p.X, points[n-1].X)
		}
	}
	assert.Equal(t, l.Max, points[len(points)-1].Y)
	for name, hdr := range map[string]string{"none": "", "garbage": "HISTFAAAAA==", "another's": recorded("x", hdrhistogram.New(1, 600e6, 3)).HDR} {
		l.HDR = hdr
		points, err := curve(l)
		assert.Error(t, err, name)
		assert.Len(t, points, 5, name)
	}
}

func recorded(kind string, h *hdrhistogram.Histogram) evidence.Latency {
	at := func(p float64) float64 { return float64(h.ValueAtQuantile(p)) / 1000 }
	hdr, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		panic(err) // into memory
	}
	return evidence.Latency{
		Kind: kind, Count: h.TotalCount(), P50: at(50), P90: at(90), P99: at(99), P999: at(99.9), Max: float64(h.Max()) / 1000, Mean: h.Mean() / 1000, HDR: string(hdr),
	}
}

// BenchmarkLoadReport writes every form of a run of a million requests in eight phases
// from its load.json, and says how long that takes and how large the page is.
func BenchmarkLoadReport(b *testing.B) {
	l := crowd()
	one := l.Phases[0]
	one.Timeline.Buckets = make([]evidence.LoadBucket, 200)
	for n := range one.Timeline.Buckets {
		one.Timeline.Buckets[n] = evidence.LoadBucket{Begun: 80 + n%7, Ended: 80 - n%5, Errors: n % 3, InFlight: n % 11, P50: 1 + float64(n%13), P99: 10 + float64(n%31)}
	}
	one.Timeline.BucketMS, one.DurationMS = 1000, 200_000
	const phases, kinds, requests = 8, 4, 1_000_000
	one.Requests, one.Dialogues = nil, nil
	for k := range kinds {
		h := hdrhistogram.New(1, 600e6, 3)
		for n := range int64(requests / phases / kinds) {
			_ = h.RecordValue(500 + n*n%100_003 + int64(k)*317) // in range
		}
		one.Requests = append(one.Requests, recorded(fmt.Sprintf("kind %d", k), h))
		one.Dialogues = append(one.Dialogues, recorded(fmt.Sprintf("dialogue %d", k), h))
	}
	l.Phases = nil
	for range phases {
		l.Phases = append(l.Phases, one)
	}
	folder, err := evidence.Create(b.TempDir(), evidence.Run{ID: l.Run.ID}, nil)
	require.NoError(b, err)
	require.NoError(b, folder.WriteLoad(l))
	require.NoError(b, folder.Finish(evidence.End{}))
	size := 0
	for b.Loop() {
		seen, err := evidence.ReadLoad(folder.Dir)
		require.NoError(b, err)
		require.NoError(b, WriteLoad(folder.Dir, seen, LoadForms()...))
		page, err := LoadHTML(seen)
		require.NoError(b, err)
		size = len(page)
	}
	b.ReportMetric(float64(size), "bytes/page")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/report")
}
