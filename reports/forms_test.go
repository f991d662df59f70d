package reports

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/reports/evidence"
)

var update = flag.Bool("update", false, "write the golden files anew; review them by eye")

// sample is a run that shows everything a report can show.
func sample() *evidence.Evidence {
	seen := []evidence.Outcome{
		{
			Req: "assign-creates", Feature: "assignment", Name: "an assignment creates an account", Dialect: "aiw", IDs: []string{"S-12"},
			Level: "must", Grade: "documented", Verdict: evidence.Pass, Notes: []string{"answered in 812 ms"}, DurationMS: 40,
		},
		{
			Req: "unassign-disables", Row: "upper-case", Feature: "deactivation", Name: "an unassigned person is disabled, not deleted",
			Dialect: "oin", IDs: []string{"S-49", "F08"}, Level: "must", Grade: "documented", Verdict: evidence.Fail,
			Reason: "the account is still active", Step: "Then the target shows Ana as disabled",
			Steps:      []evidence.Step{{Text: "When Ana is unassigned", Verdict: evidence.Pass}, {Text: "Then the target shows Ana as disabled", Verdict: evidence.Fail}},
			Mismatches: []evidence.Mismatch{{What: "Ana's account", Want: "disabled", Got: "active", Exchange: 4}},
			Advice:     "take active:false in a PATCH without a path", Transcript: "transcripts/unassign-disables~upper-case.oin.har", DurationMS: 1234,
		},
		{
			Req: "reassign-enables", Feature: "deactivation", Name: "a person assigned again is active", Dialect: "oin", Level: "must", Grade: "observed",
			Verdict: evidence.NotTested, BlockedBy: "unassign-disables", Mismatches: []evidence.Mismatch{{What: "Ana's account", Want: "disabled", Got: "active", Exchange: 2}},
		},
		{
			Req: "patch-answers-200", Feature: "deactivation", Name: "a PATCH is answered with 200 or 204", Level: "should", Grade: "documented",
			Verdict: evidence.Fail, Reason: "it was answered with 202", IDs: []string{"RFC7644-3.5.2-06"},
		},
		{
			Req: "push-group", Feature: "group push", Name: "a pushed group appears", Dialect: "aiw", Tags: []string{"@groups"}, Level: "must", Grade: "documented",
			Verdict: evidence.Skip, Reason: "declared: without groups",
		},
		{
			Req: "rename-group", Feature: "group push", Name: "a group keeps its id", Dialect: "aiw", Level: "must", Grade: "documented",
			Verdict: evidence.Fail, Reason: "a new id", Deviation: "fixed in 2.4",
		},
		{
			Req: "import-pages", Feature: "import", Name: "a list has pages", Level: "must", Grade: "documented",
			Verdict: evidence.Error, Reason: "dropped: connection reset by peer",
		},
		{
			Req: "same-group", Feature: "group push", Name: "one group, assigned and pushed", Level: "may", Grade: "documented",
			Verdict: evidence.Info, Reason: "unsupported by Okta",
		},
	}
	run := evidence.Run{
		ID: "r7k2", Seed: 1, Started: noon, Tool: evidence.Tool{Name: "scimproof", Version: "0.1.0"},
		Target: evidence.Target{Kind: "url", Name: "example", URL: "https://scim.example.com/v2"}, Without: []string{"groups"},
		Knobs: map[string]string{"patchBatch": "500", "emptyValue": "null"}, Clock: "real", Reproduce: "scimproof check --target https://scim.example.com/v2 --seed 1",
		Statements: []evidence.Statement{
			{ID: "S-02", Text: "Only an administrator may.", Grade: "documented", Exempt: "Okta alone decides it.", ShownBy: "mockokta.TestWho"},
			{ID: "S-03", Text: "Users can be imported.", Grade: "documented", Scenarios: []string{"import-links"}},
			{ID: "S-04", Text: "Who is assigned gets an account.", Grade: "documented"},
			{ID: "S-12", Text: "It is in the catalogue.", Grade: "documented", Scenarios: []string{"assign-creates"}},
			{ID: "S-49", Text: "Who is removed is disabled.", Grade: "documented", Scenarios: []string{"unassign-disables", "reassign-enables"}},
		},
		Planned: append(planned(seen...), evidence.Planned{Req: "import-stops", Feature: "import", Name: "an empty page ends it"}),
	}
	return &evidence.Evidence{
		Run: run, Outcomes: seen, End: &evidence.End{At: noon.Add(2500e6), Interrupted: true},
		Ledger: []evidence.Entry{
			{Act: evidence.Made, Kind: evidence.User, Name: "ana-r7k2", ID: "42"},
			{Act: evidence.Left, Kind: evidence.User, ID: "42", State: "disabled"},
			{Act: evidence.Intend, Kind: evidence.Group, Name: "crew-r7k2"},
		},
	}
}

// rules are two entries of a catalogue.
var rules = map[string]Rule{
	"S-49": {Text: "A person who is removed displays as disabled.", Level: "must", Grade: "documented", Source: "the provider's page", Advice: "show active:false as disabled"},
	"F08": {
		Text: "A disabled account can be read.", Level: "must", Grade: "observed", Source: "Okta: SCIM reference", Advice: "do not delete it",
		Costs: "People keep access.", Gravity: 3,
	},
}

func TestTheFormsAreAsReviewed(t *testing.T) {
	r := Fold(sample(), Options{Rules: rules})
	junit, err := JUnit(r)
	require.NoError(t, err)
	for file, got := range map[string][]byte{"report.txt": []byte(Text(r)), "report.md": []byte(Markdown(r)), "junit.xml": junit} {
		t.Run(file, func(t *testing.T) {
			path := filepath.Join("testdata", file)
			if *update {
				require.NoError(t, os.WriteFile(path, got, 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got))
		})
	}
}

func TestResultJSONKeepsItsSchema(t *testing.T) {
	schema := compile(t)
	for name, e := range map[string]*evidence.Evidence{
		"a run that shows everything":   sample(),
		"a run that was killed at once": {Run: evidence.Run{Started: noon}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.NoError(t, schema.Validate(asJSON(t, Fold(e, Options{}))))
		})
	}
	t.Run("and the schema refuses what is not one", func(t *testing.T) {
		v := asJSON(t, Fold(sample(), Options{})).(map[string]any)
		v["result"] = "fine"
		assert.Error(t, schema.Validate(v))
	})
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(ResultSchema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource("result.json", doc))
	schema, err := c.Compile("result.json")
	require.NoError(t, err)
	return schema
}

func asJSON(t *testing.T, r Report) any {
	t.Helper()
	raw, err := JSON(r)
	require.NoError(t, err)
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	return v
}

// poison is a report in which every text is the target's, and hostile.
func poison(text string) Report {
	e := sample()
	r := &e.Run
	r.Knobs = map[string]string{text: text}
	r.ID, r.Target.Name, r.Target.URL, r.Reproduce, r.Tool.Name = text, text, text, text, text
	e.End.Stopped = text
	r.Statements = []evidence.Statement{
		{ID: text, Text: text, Grade: text, Scenarios: []string{text, text}},
		{ID: text + "2", Text: text, Grade: text, Exempt: text, ShownBy: text},
	}
	e.Ledger = []evidence.Entry{{Act: evidence.Left, Kind: evidence.User, ID: text, Name: text, State: text}}
	for i := range e.Outcomes {
		o := &e.Outcomes[i]
		o.Feature, o.Name, o.Reason, o.Step, o.Advice, o.Transcript = text, text, text, text, text, text
		o.Row, o.Notes, o.IDs = text, []string{text}, []string{text}
		o.Mismatches = []evidence.Mismatch{{What: text, Want: text, Got: text, Exchange: 1}}
		if o.Deviation != "" {
			o.Deviation = text
		}
	}
	return Fold(e, Options{Strict: true, Rules: map[string]Rule{text: {Text: text, Level: text, Grade: text, Source: text, Advice: text, Costs: text, Gravity: 1, Knob: text, Warns: []string{text}}}})
}

// payload is what a hostile target may say in any text.
var payload = rapid.OneOf(
	rapid.SampledFrom([]string{
		"\x1b[2J", "\x1b]0;title\a", "\u009b31m", "a\rb", "::error file=x::y", "\n::add-mask::x", " ::error::x", ":::error::",
		"##vso[task.complete]", "##[error]x", "###vso[x]", "##teamcity[x]", "]]>", "<script>", "&lt;", "\x00", "\ufffe", "\xff\xfe",
		"\u202etxt", "\u2028", "=cmd()", "\u200b::error::", "-->", "</testcase>", "\v\f", "\u0085x",
	}),
	rapid.String(),
)

func TestNothingThatTheTargetSaysActsOnItsReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(payload, 1, 3).Draw(t, "text"), "")
		r := poison(text)
		junit, err := JUnit(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, out := range append(wellFormed(t, junit), Text(r), Markdown(r)) {
			harmless(t, out)
		}
		raw, err := JSON(r)
		if err != nil || !json.Valid(raw) {
			t.Fatalf("result.json: %v", err)
		}
		harmless(t, string(raw))
	})
}

// wellFormed returns every text in an XML document, attributes too.
func wellFormed(t *rapid.T, doc []byte) (texts []string) {
	dec := xml.NewDecoder(bytes.NewReader(doc))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatalf("junit.xml: %v\n%s", err, doc)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if !strings.HasPrefix(token.Name.Local, "test") && !strings.Contains("failure error skipped system-out", token.Name.Local) {
				t.Fatalf("junit.xml has an element %s", token.Name.Local)
			}
			for _, a := range token.Attr {
				texts = append(texts, a.Value)
			}
		case xml.CharData:
			texts = append(texts, string(token))
		}
	}
}

func harmless(t *rapid.T, out string) {
	if strings.Contains(out, "##") {
		t.Fatalf("%q holds a CI command", out)
	}
	for line := range strings.SplitSeq(out, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Fatalf("%q begins as a CI command", line)
		}
		for _, r := range line {
			if r != ' ' && !unicode.IsPrint(r) {
				t.Fatalf("%q holds %U", line, r)
			}
		}
	}
}

func TestAFolderThatWasWrittenFoldsToEveryForm(t *testing.T) {
	dir, want := t.TempDir(), sample()
	f, err := evidence.Create(dir, want.Run, nil)
	require.NoError(t, err)
	for _, o := range want.Outcomes {
		require.NoError(t, f.Append(o))
	}
	for _, e := range want.Ledger {
		require.NoError(t, f.Ledger.Write(e))
	}
	require.NoError(t, f.Finish(*want.End))
	e, err := evidence.Open(dir)
	require.NoError(t, err)

	require.NoError(t, WriteAll(dir, Fold(e, Options{})))
	got, err := os.ReadFile(filepath.Join(dir, "report.txt"))
	require.NoError(t, err)
	want.Dir = dir
	assert.Equal(t, Text(Fold(want, Options{})), string(got), "nothing is lost on the way through the folder")
	for _, file := range []string{"result.json", "junit.xml", "report.md", Page} {
		assert.FileExists(t, filepath.Join(dir, file))
	}
}

func TestOnlyTheFormsThatWereAskedForAreWritten(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, Write(dir, Fold(sample(), Options{}), "markdown", "html"))
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	assert.Equal(t, []string{Page, "report.md"}, names)
	assert.EqualError(t, Write(dir, Report{}, "html", "pdf"), `"pdf" is no form of a report; there are json, html, junit, markdown, text`)
}
