package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/fault"
)

// The pages of four runs are opened in a real browser, as a user opens them: from
// the disk. Without a browser the test is skipped, with the reason; where
// SCIMPROOF_REQUIRE_BROWSER is 1, as in CI, that is a failure.
func TestThePageInABrowser(t *testing.T) {
	isLong(t)
	browser := openBrowser(t)
	for name, run := range map[string]func(*testing.T) string{
		"a good run":               goodRun,
		"a bad run":                badRun,
		"a half-finished run":      halfRun,
		"a run at a hostile world": hostileRun,
	} {
		t.Run(name, func(t *testing.T) {
			dir := run(t)
			tab := browser.open(t, filepath.Join(dir, reports.Page))
			tab.filters(t, resultOf(t, dir))
			for _, scheme := range []string{"light", "dark"} {
				tab.readable(t, scheme)
			}
			tab.narrow(t)
			if said := tab.heard(); len(said) > 0 {
				t.Errorf("the browser says, or was asked to fetch:\n%s", strings.Join(said, "\n"))
			}
		})
	}
	t.Run("what these tests would miss", func(t *testing.T) { // they must be able to fail
		whole, err := os.ReadFile(filepath.Join(goodRun(t), reports.Page))
		if err != nil {
			t.Fatal(err)
		}
		for what, with := range map[string]string{
			"a script":     `<script>document.title = "changed"</script>`,
			"an image":     `<img src="http://127.0.0.1:9/x">`,
			"a frame":      `<iframe src="http://127.0.0.1:9/x"></iframe>`,
			"inline style": `<p style="color: red">x</p>`,
		} {
			spoiled := filepath.Join(t.TempDir(), "spoiled.html")
			if err := os.WriteFile(spoiled, bytes.Replace(whole, []byte("<main>"), []byte("<main>"+with), 1), 0o644); err != nil {
				t.Fatal(err)
			}
			if tab := browser.open(t, spoiled); len(tab.heard()) == 0 {
				t.Errorf("%s in the page went unnoticed", what)
			} else if title := ask[string](t, tab, "document.title"); title == "changed" {
				t.Errorf("the page's policy let %s run", what)
			}
		}
	})
}

func goodRun(t *testing.T) string {
	dir := t.TempDir()
	if code, out, err := shellRun(t, "check", "--out", dir); code != ok {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
	return dir
}

func badRun(t *testing.T) string {
	var faults []fault.Fault
	for _, f := range fault.All() {
		if slices.Contains([]string{"patch-active-ignored", "put-drops-emails", "phantom-members"}, f.Name) {
			faults = append(faults, f)
		}
	}
	tg, err := target.Bundled("", faults...)
	if err != nil {
		t.Fatal(err)
	}
	defer tg.Close()
	endpoint, err := tg.Tenant(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Setenv("SCIMPROOF_TOKEN", endpoint.Token)
	if code, out, err := shellRun(t, "check", "--target", endpoint.URL, "--out", dir); code != deviates {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
	return dir
}

// halfRun is what a kill leaves: a journal that ends within a line, and one
// transcript that does.
func halfRun(t *testing.T) string {
	dir := goodRun(t)
	journal := filepath.Join(dir, "journal.jsonl")
	cut(t, journal, 2)
	torn, err := filepath.Glob(filepath.Join(dir, "transcripts", "*.har"))
	if err != nil || len(torn) == 0 {
		t.Fatal("no transcripts", err)
	}
	cut(t, torn[0], 2)
	if code, out, err := shellRun(t, "report", dir); code != incomplete {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
	return dir
}

// cut keeps the first of n parts of a file.
func cut(t *testing.T, path string, n int) {
	t.Helper()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, whole[:len(whole)/n], 0o600); err != nil {
		t.Fatal(err)
	}
}

// hostileRun is a folder in which every text would do something.
func hostileRun(t *testing.T) string {
	const hostile = `</script></style>"'><script>document.title="changed"</script><img src="http://127.0.0.1:9/x" onerror="alert(1)"><a href="javascript:alert(1)">` + "\x1b[2J"
	dir := t.TempDir()
	f, err := evidence.Create(dir, evidence.Run{ID: "r7k2", Started: time.Unix(0, 0), Target: evidence.Target{Name: hostile, URL: hostile}, Reproduce: hostile}, nil)
	if err != nil {
		t.Fatal(err)
	}
	transcript, err := f.Transcript("hostile", []evidence.Exchange{{
		N: 1, Voice: evidence.Eyes, Method: hostile, URL: hostile, Subject: hostile, Status: 200,
		RequestHeader: http.Header{hostile: {hostile}}, ResponseHeader: http.Header{hostile: {hostile}},
		RequestBody: []byte(hostile), ResponseBody: []byte(hostile),
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []evidence.Outcome{
		{Req: "fails", Verdict: evidence.Fail}, {Req: "passes", Verdict: evidence.Pass}, {Req: "waits", Verdict: evidence.NotTested, BlockedBy: "fails"},
	} {
		o.Row, o.Feature, o.Name, o.Step, o.Reason, o.Advice, o.IDs = hostile, hostile, hostile, hostile, hostile, hostile, []string{hostile}
		o.Level, o.Transcript, o.Notes = "must", transcript, []string{hostile}
		o.Mismatches = []evidence.Mismatch{{What: hostile, Want: hostile, Got: hostile, Exchange: 1}}
		if err := f.Append(o); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Finish(evidence.End{At: time.Unix(1, 0), Finished: true}); err != nil {
		t.Fatal(err)
	}
	if code, out, err := shellRun(t, "report", dir); code != deviates {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
	return dir
}

func resultOf(t *testing.T, dir string) (r reports.Report) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// A browser is chromium without a window.
type browser struct{ ctx context.Context }

func openBrowser(t *testing.T) browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		const none = "no chromium on PATH: the page is not looked at in a browser"
		if os.Getenv("SCIMPROOF_REQUIRE_BROWSER") == "1" {
			t.Fatal("SCIMPROOF_REQUIRE_BROWSER is set, and there is " + none)
		}
		t.Skip(none)
	}
	allocator, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, // CI runs as root; nothing but our own pages is opened
		chromedp.DisableGPU, chromedp.Flag("disable-component-update", true),
	)...)
	ctx, closeAll := chromedp.NewContext(allocator)
	t.Cleanup(func() { closeAll(); stop() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return browser{ctx}
}

// A tab is one page, and what its browser says of it.
type tab struct {
	ctx  context.Context
	mu   sync.Mutex
	said []string
}

func (b browser) open(t *testing.T, file string) *tab {
	t.Helper()
	address := (&url.URL{Scheme: "file", Path: file}).String()
	return b.visit(t, address, address)
}

// visit opens an address. What the browser asks for that begins with none of the
// others is something that the page should not have asked for.
func (b browser) visit(t *testing.T, address string, own ...string) *tab {
	t.Helper()
	bounded, stop := context.WithTimeout(b.ctx, time.Minute) // a browser that hangs is a failure
	ctx, closeTab := chromedp.NewContext(bounded)
	t.Cleanup(func() { closeTab(); stop() })
	tab := &tab{ctx: ctx}
	if err := chromedp.Listen(ctx, func(event any) { tab.hear(event, own) }); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	return tab
}

func (tab *tab) hear(event any, own []string) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		tab.say("console: " + string(e.Type))
	case *runtime.EventExceptionThrown:
		tab.say("exception: " + e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		tab.say("log: " + e.Entry.Text)
	case *network.EventRequestWillBeSent:
		if !slices.ContainsFunc(own, func(address string) bool { return strings.HasPrefix(e.Request.URL, address) }) {
			tab.say("request: " + e.Request.URL)
		}
	case *page.EventJavascriptDialogOpening:
		tab.say("dialog: " + e.Message)
	}
}

func (tab *tab) say(what string) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.said = append(tab.said, what)
}

// heard is what was said until now; the browser answers once more, so that
// nothing is still on its way.
func (tab *tab) heard() []string {
	_ = chromedp.Do(tab.ctx, chromedp.WaitReady(chromedp.CSS("body")))
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.said)
}

func ask[T any](t *testing.T, tab *tab, script string) T {
	t.Helper()
	answer, err := chromedp.Run(tab.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return answer
}

func (tab *tab) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(tab.ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// visible counts the scenarios that the list at the end shows.
const visible = `[...document.querySelectorAll("#all .entry")].filter(e => e.offsetParent !== null).length`

// filters uses each filter as a person does, and counts what is left.
func (tab *tab) filters(t *testing.T, r reports.Report) {
	t.Helper()
	count := func(keep func(evidence.Outcome) bool) (n int) {
		for _, o := range r.Scenarios {
			if keep(o) {
				n++
			}
		}
		return n
	}
	expect := func(what string, want int) {
		t.Helper()
		if got := ask[int](t, tab, visible); got != want {
			t.Errorf("%s: %d scenarios are visible, want %d", what, got, want)
		}
		if said := ask[string](t, tab, `document.getElementById("shown").textContent`); !strings.HasPrefix(said, strconv.Itoa(want)+" ") {
			t.Errorf("%s: the page says %q, want %d", what, said, want)
		}
	}
	all := len(r.Scenarios)
	expect("at first", all)
	for v, n := range r.Counts {
		if n == 0 {
			continue
		}
		box := chromedp.CSS(`input[name=verdict][value="` + strings.ReplaceAll(string(v), " ", "-") + `"]`)
		tab.do(t, chromedp.Click(box))
		expect("only "+string(v), n)
		if open := ask[int](t, tab, `[...document.querySelectorAll("article")].filter(e => e.offsetParent !== null).length`); v != evidence.Fail && open > n {
			t.Errorf("only %s: %d full accounts are still there", v, open)
		}
		tab.do(t, chromedp.Click(box))
	}
	first := r.Scenarios[0]
	tab.do(t, chromedp.SendKeys(chromedp.CSS("input[name=text]"), first.Req))
	expect("the text "+first.Req, count(func(o evidence.Outcome) bool { return mentions(o, first.Req) }))
	tab.do(t, chromedp.Click(chromedp.CSS("#filters button")))
	expect("after Show all", all)
	for _, p := range r.Profiles {
		value := p.Name
		if value == "" {
			value = "none"
		}
		ask[bool](t, tab, `(s => { s.value = "`+value+`"; return s.dispatchEvent(new Event("input", {bubbles: true})); })(document.querySelector("select[name=dialect]"))`)
		expect("dialect "+value, count(func(o evidence.Outcome) bool { return o.Dialect == p.Name }))
	}
	tab.do(t, chromedp.Click(chromedp.CSS("#filters button")))
	expect("after Show all again", all)

	tab.do(t, chromedp.SendKeys(chromedp.CSS("input[name=text]"), "no scenario says this"))
	expect("what nobody says", 0)
	tab.do(t, chromedp.Click(chromedp.CSS("nav a[href='#all']")), chromedp.WaitVisible(chromedp.CSS("#all .entry")))
	expect("after a link to what was hidden", all)
}

// mentions says that the page's part about a scenario holds an address: its own,
// or that of what blocks it or is blocked by it.
func mentions(o evidence.Outcome, address string) bool {
	return strings.Contains(o.Req, address) || strings.Contains(o.Reason, address)
}

// readable looks at the colour of every text against what is behind it: WCAG 2
// asks for 4.5.
func (tab *tab) readable(t *testing.T, scheme string) {
	t.Helper()
	if _, err := chromedp.Call(tab.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}); err != nil {
		t.Fatal(err)
	}
	paper := ask[string](t, tab, `getComputedStyle(document.body).backgroundColor`)
	if dark := paper != "rgb(255, 255, 255)"; dark != (scheme == "dark") {
		t.Errorf("%s: the page's background is %s", scheme, paper)
	}
	for _, faint := range ask[[]string](t, tab, `(() => {
		for (const d of document.querySelectorAll("details")) d.open = true;
		const rgb = c => c.match(/[\d.]+/g).map(Number);
		const lum = c => { const [r, g, b] = rgb(c).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
		const known = new Map();
		const behind = e => {
			if (!e) return "rgb(255, 255, 255)";
			if (!known.has(e)) {
				const c = getComputedStyle(e).backgroundColor;
				known.set(e, rgb(c)[3] === 0 ? behind(e.parentElement) : c);
			}
			return known.get(e);
		};
		const faint = new Set();
		for (const e of document.querySelectorAll("body *")) {
			if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.offsetParent === null) continue;
			const [a, b] = [lum(getComputedStyle(e).color), lum(behind(e))].sort((x, y) => y - x);
			const ratio = (a + .05) / (b + .05);
			if (ratio < 4.5) faint.add(e.tagName + "." + e.className + " " + ratio.toFixed(2));
		}
		return [...faint];
	})()`) {
		t.Errorf("%s: hard to read: %s", scheme, faint)
	}
}

// narrow is a phone held upright, with everything opened.
func (tab *tab) narrow(t *testing.T) {
	t.Helper()
	tab.do(t, chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile))
	if wide := ask[int](t, tab, `(() => { for (const d of document.querySelectorAll("details")) d.open = true; return document.documentElement.scrollWidth; })()`); wide > 360 {
		t.Errorf("on a screen of 360 pixels the page is %d wide", wide)
	}
}

// BenchmarkPage renders the page of the whole suite, in both dialects, and says
// how large it is.
func BenchmarkPage(b *testing.B) {
	dir := b.TempDir()
	var out, problems bytes.Buffer
	if code := run(b.Context(), []string{"check", "--out", dir}, &out, &problems); code != ok {
		b.Fatalf("exit %d\n%s%s", code, &out, &problems)
	}
	seen, err := evidence.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	folded := reports.Fold(seen, reports.Options{})
	for b.Loop() {
		if err := reports.Write(dir, folded, "html"); err != nil {
			b.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, reports.Page))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size()), "bytes/page")
}
