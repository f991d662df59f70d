package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/fault"
)

// The pages of load runs are opened in a real browser: from the disk, in the light
// and in the dark, and on a phone. They hold no script, and drawings that can be seen.
func TestTheLoadPageInABrowser(t *testing.T) {
	isLong(t)
	browser := openBrowser(t)
	for name, run := range map[string]func(*testing.T) string{
		"in phases": func(t *testing.T) string {
			return loadRun(t, ok, "--people", "50", "--phases", "onboard,push,mix,offboard", "--rate", "0")
		},
		"a search":           soughtRun,
		"a lossy server":     lossyRun,
		"of a hostile world": hostileLoad,
	} {
		t.Run(name, func(t *testing.T) {
			dir := run(t)
			tab := browser.open(t, filepath.Join(dir, reports.LoadPage))
			if n := ask[int](t, tab, `[...document.querySelectorAll("svg.chart")].filter(s => s.getBoundingClientRect().width > 200 && s.getBoundingClientRect().height > 100).length`); n < 3 {
				t.Errorf("%d drawings can be seen", n)
			}
			for _, scheme := range []string{"light", "dark"} {
				tab.readable(t, scheme)
				tab.discernible(t, scheme)
			}
			tab.narrow(t)
			if small := ask[int](t, tab, `[...document.querySelectorAll("svg text")].filter(e => e.getBoundingClientRect().height < 9).length`); small > 0 {
				t.Errorf("on a phone %d texts of the drawings are less than 9 pixels high", small)
			}
			if title := ask[string](t, tab, "document.title"); title == "changed" {
				t.Error("a text ran as a script")
			}
			if said := tab.heard(); len(said) > 0 {
				t.Errorf("the browser says, or was asked to fetch:\n%s", strings.Join(said, "\n"))
			}
		})
	}
	t.Run("what this test would miss", func(t *testing.T) { // it must be able to fail
		whole, err := os.ReadFile(filepath.Join(loadRun(t, ok, "--people", "12", "--rate", "0"), reports.LoadPage))
		if err != nil {
			t.Fatal(err)
		}
		for what, with := range map[string]string{
			"a script":               `<script>document.title = "changed"</script>`,
			"a drawing that fetches": `<svg><image href="http://127.0.0.1:9/x"/></svg>`,
			"an animated attribute":  `<svg onload="document.title = 'changed'"></svg>`,
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

// discernible looks at the colour of every line of a drawing against the paper: WCAG 2
// asks for 3 of what is no text.
func (tab *tab) discernible(t *testing.T, scheme string) {
	t.Helper()
	for _, faint := range ask[[]string](t, tab, `(() => {
		const rgb = c => c.match(/[\d.]+/g).map(Number);
		const lum = c => { const [r, g, b] = rgb(c).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
		const paper = lum(getComputedStyle(document.body).backgroundColor);
		const faint = new Set();
		for (const e of document.querySelectorAll("svg .line, svg .dot, svg .frame, svg path.mark")) {
			const s = getComputedStyle(e);
			const c = e.matches(".dot") ? s.fill : s.stroke;
			if (c === "none") { faint.add(e.getAttribute("class") + " is not drawn"); continue; }
			const [a, b] = [lum(c), paper].sort((x, y) => y - x);
			const ratio = (a + .05) / (b + .05);
			if (ratio < 3) faint.add(e.getAttribute("class") + " " + ratio.toFixed(2));
		}
		return [...faint];
	})()`) {
		t.Errorf("%s: hard to see: %s", scheme, faint)
	}
}

func loadRun(t *testing.T, want int, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	if code, out, err := shellRun(t, append([]string{"load", "--out", dir}, args...)...); code != want {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
	return dir
}

// lossyRun is a run at a server that stores every second account nowhere.
func lossyRun(t *testing.T) string {
	var faults []fault.Fault
	for _, f := range fault.All() {
		if f.Name == "creates-lost" {
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
	t.Setenv("SCIMPROOF_TOKEN", endpoint.Token)
	return loadRun(t, deviates, "--target", endpoint.URL, "--people", "30", "--rate", "0", "--slo", "create p99 < 1h")
}

// edited is a run whose load.json was changed afterwards, and told anew.
func edited(t *testing.T, change func(*evidence.Load)) string {
	t.Helper()
	dir := loadRun(t, ok, "--people", "30", "--rate", "0")
	seen, err := evidence.ReadLoad(dir)
	if err != nil {
		t.Fatal(err)
	}
	change(&seen)
	raw, err := json.Marshal(seen)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "load.json"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	shellRun(t, "report", dir)
	return dir
}

// soughtRun tells of a search for a rate, which takes too long to be made here.
func soughtRun(t *testing.T) string {
	return edited(t, func(l *evidence.Load) {
		l.Capacity = &evidence.LoadCapacity{Rate: 200, Above: 400, Ended: "so"}
		for _, rate := range []float64{100, 200, 400} {
			l.Capacity.Steps = append(l.Capacity.Steps, evidence.LoadStep{Rate: rate, Achieved: rate, P50: rate / 100, P99: rate, Held: rate < 300, Why: "p99"})
		}
	})
}

// hostileLoad is a folder in which every text would do something.
func hostileLoad(t *testing.T) string {
	const hostile = `</script></style></svg>"'><script>document.title="changed"</script><img src="http://127.0.0.1:9/x" onerror="alert(1)"><a href="javascript:alert(1)">` + "\x1b[2J"
	return edited(t, func(l *evidence.Load) {
		l.Run.ID, l.Run.Reproduce, l.Target.URL, l.Target.Name, l.Asked.Dialect = hostile, hostile, hostile, hostile, hostile
		l.Missing, l.Deviates, l.Invalid, l.Valid = []string{hostile}, []string{hostile}, []string{hostile}, false
		l.SLOs = []evidence.LoadSLO{{Limit: hostile, Verdict: evidence.SLOBreached, Got: hostile}}
		l.Readback.Examples, l.Readback.Notes = []evidence.Difference{{What: hostile, Name: hostile, ID: hostile, Why: hostile}}, []string{hostile}
		p := &l.Phases[0]
		p.Name, p.Dialogues[0].Kind, p.Requests[0].Kind, p.Failures = hostile, hostile, hostile, []evidence.LoadFailure{{Why: hostile, Count: 1, Example: hostile}}
		p.Requests[0].Status = map[string]int{hostile: 1}
	})
}
