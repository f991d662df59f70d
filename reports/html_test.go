package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/reports/evidence"
)

// talk is a conversation in which exchange 4 looks, after Okta's PATCH.
func talk() []evidence.Exchange {
	exchange := func(n int, voice evidence.Voice, method, path, sent string, status int, answered string) evidence.Exchange {
		return evidence.Exchange{
			N: n, Voice: voice, Started: noon, Took: 1500 * time.Microsecond, Subject: "ana-r7k2",
			Method: method, URL: "https://scim.example.com/v2" + path, RequestBody: []byte(sent),
			RequestHeader: http.Header{
				"Accept": {"application/scim+json"}, "Authorization": {"Bearer [redacted 1a2b]"},
				"Accept-Encoding": {"gzip"}, "Content-Length": {"1"},
			},
			Status: status, ResponseHeader: http.Header{"Content-Type": {"application/scim+json"}}, ResponseBody: []byte(answered),
		}
	}
	return []evidence.Exchange{
		exchange(1, evidence.Okta, "GET", "/Users?filter=userName%20eq%20%22ana%22", "", 200, `{"totalResults":0}`),
		exchange(2, evidence.Okta, "POST", "/Users", `{"userName":"ana"}`, 201, `{"id":"42","active":true}`),
		exchange(3, evidence.Okta, "PATCH", "/Users/42", `{"Operations":[{"op":"replace","value":{"active":false}}]}`, 200, `{"id":"42","active":false}`),
		exchange(4, evidence.Eyes, "GET", "/Users/42", "", 200, `{"id":"42","active":true,"note":"it's <b>bold</b>"}`),
	}
}

func said(exchanges []evidence.Exchange) Transcripts {
	return func(string) ([]evidence.Exchange, error) { return exchanges, nil }
}

func parsed(t require.TestingT, page []byte) *html.Node {
	doc, err := html.Parse(bytes.NewReader(page))
	require.NoError(t, err)
	return doc
}

// all returns the elements that have a name and, where given, an attribute.
func all(doc *html.Node, name string, attribute ...string) (found []*html.Node) {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == name && (len(attribute) == 0 || attr(n, attribute[0]) == attribute[1]) {
			found = append(found, n)
		}
	}
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func samplePage(t *testing.T, read Transcripts) *html.Node {
	t.Helper()
	page, err := HTML(Fold(sample(), Options{Rules: rules}), read)
	require.NoError(t, err)
	return parsed(t, page)
}

func TestThePageTellsAFailureWhole(t *testing.T) {
	doc := samplePage(t, said(talk()))
	assert.Equal(t, "failure: "+inWords(Fold(sample(), Options{})), text(all(doc, "h1")[0]), "the verdict stands as in every report")

	assert.Contains(t, text(all(doc, "header")[0]), "Okta was played with emptyValue=null, patchBatch=500, and not as it is believed to be")

	account := all(doc, "article", "id", "at-unassign-disables~upper-case.oin")
	require.Len(t, account, 1)
	whole := text(account[0])
	for what, want := range map[string]string{
		"its name":            "1. an unassigned person is disabled, not deleted",
		"its address":         "unassign-disables/upper-case (oin)",
		"what it costs":       "At stake: People keep access.",
		"the sentence":        "Then the target shows Ana as disabled fail",
		"wanted and got":      "Ana's account disabled active exchange 4",
		"the advice":          "What to change take active:false in a PATCH without a path",
		"what it blocks":      "It blocks reassign-enables (oin)",
		"the guilty exchange": "4 look GET /Users/42 200 1.5 ms this shows it",
		"the change before":   "3 Okta PATCH /Users/42 200 1.5 ms the last change before it",
		"a readable query":    `GET /Users?filter=userName eq "ana" 200`,
		"a pretty body":       `{ "id": "42", "active": true, "note": "it's <b>bold</b>" }`,
		"a curl line":         `curl -gi -X 'PATCH' 'https://scim.example.com/v2/Users/42' \ -H 'Accept: application/scim+json' \ -H "Authorization: Bearer $SCIMPROOF_TOKEN" \ --data-raw '{"Operations"`,
		"the rule":            "F08 A disabled account can be read. must, observed. Source: Okta: SCIM reference",
	} {
		assert.Contains(t, whole, want, what)
	}
	guilty := all(doc, "li", "class", "guilty")
	require.NotEmpty(t, guilty)
	assert.Equal(t, "at-unassign-disables~upper-case.oin-exchange-4", attr(guilty[0], "id"))
	opened := func(n *html.Node) bool {
		return slices.ContainsFunc(all(n, "details")[0].Attr, func(a html.Attribute) bool { return a.Key == "open" })
	}
	assert.True(t, opened(guilty[0]), "the guilty exchange is open")
	assert.False(t, opened(all(doc, "li", "id", "at-unassign-disables~upper-case.oin-exchange-1")[0]), "others are not")
}

func TestThePageHoldsEveryCaseOnceAndItsLinksLeadSomewhere(t *testing.T) {
	doc := samplePage(t, said(talk()))
	ids := map[string]bool{}
	for n := range doc.Descendants() {
		if id := attr(n, "id"); id != "" {
			assert.False(t, ids[id], "%s is there twice", id)
			ids[id] = true
		}
	}
	links := 0
	for _, a := range all(doc, "a") {
		if to, inside := strings.CutPrefix(attr(a, "href"), "#"); inside {
			links++
			assert.True(t, ids[to], "nothing is at #%s", to)
		} else {
			assert.Regexp(t, `^transcripts/[a-z0-9~.-]+\.har$`, attr(a, "href"))
		}
	}
	assert.NotZero(t, links)
	entries := map[string]int{}
	for n := range all(doc, "section", "id", "all")[0].Descendants() {
		if attr(n, "class") == "entry" {
			entries[attr(n, "data-case")]++
		}
	}
	assert.Len(t, entries, len(Fold(sample(), Options{}).Scenarios))
	for name, n := range entries {
		assert.Equal(t, 1, n, name)
	}
}

func TestThePagesPolicyNamesExactlyWhatIsInIt(t *testing.T) {
	doc := samplePage(t, said(talk()))
	meta := all(doc, "meta", "http-equiv", "Content-Security-Policy")
	require.Len(t, meta, 1)
	hash := func(element string) string {
		found := all(doc, element)
		require.Len(t, found, 1, element)
		assert.Empty(t, attr(found[0], "src"))
		sum := sha256.Sum256([]byte(found[0].FirstChild.Data))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	assert.Equal(t, fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", hash("style"), hash("script")), attr(meta[0], "content"))
	for n := range doc.Descendants() {
		assert.NotContains(t, []string{"link", "img", "iframe", "object", "base", "svg"}, n.Data)
		for _, a := range n.Attr {
			assert.False(t, strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src", "%s has %s", n.Data, a.Key)
		}
	}
}

// markupOf is a page's elements and attributes without what they say.
func markupOf(doc *html.Node) string {
	var out strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			fmt.Fprint(&out, "<", n.Data)
			for _, a := range n.Attr {
				fmt.Fprint(&out, " ", a.Key)
			}
		}
	}
	return out.String()
}

func poisoned(text string) []evidence.Exchange {
	x := talk()[3]
	x.N, x.URL, x.Method, x.Subject, x.Failure, x.Voice = 1, text, text, text, text, evidence.Voice(text)
	body := []byte(strings.ToValidUTF8(text, "?")) // else it is counted, and not shown
	x.RequestBody, x.ResponseBody = body, body
	x.RequestHeader, x.ResponseHeader = http.Header{text: {text}}, http.Header{text: {text}}
	return []evidence.Exchange{x}
}

func TestNothingThatTheTargetSaysIsMarkupInThePage(t *testing.T) {
	page := func(t require.TestingT, text string) ([]byte, *html.Node) {
		page, err := HTML(poison(text), said(poisoned(text)))
		require.NoError(t, err)
		return page, parsed(t, page)
	}
	_, plain := page(t, "plain")
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.SampledFrom([]string{
			"</script><script>alert(1)</script>", "</style><style>*{}", `" onload="alert(1)`, "'><img src=x onerror=alert(1)>", "javascript:alert(1)",
			"<!--", "-->", "]]>", "{{.}}", "\x1b[2J", "\n::error::x", "##[error]x", "##vso[x]", "\u202etxt", "\x00", "\xff", "&lt;script&gt;", "`", "$(id)", "'; id; '",
		}).Draw(t, "hostile")
		text := "a" + hostile + rapid.String().Draw(t, "more")
		raw, doc := page(t, text)
		if got := markupOf(doc); got != markupOf(plain) {
			t.Fatalf("%q became markup:\n%s", text, raw)
		}
		for _, a := range all(doc, "a") {
			if href := attr(a, "href"); strings.Contains(href, ":") && !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "./") && !strings.HasPrefix(href, "a") {
				t.Fatalf("a link leads to %q", href)
			}
		}
		harmless(t, strings.TrimSuffix(string(raw), "\n"))
	})
}

func TestATranscriptThatCannotBeReadIsSaidAndNoError(t *testing.T) {
	doc := samplePage(t, func(string) ([]evidence.Exchange, error) { return nil, errors.New("unexpected end of JSON input") })
	assert.Contains(t, text(all(doc, "article")[0]), "There is no conversation to show: its transcript cannot be read: unexpected end of JSON input.")
	_, err := transcriptsOf(t.TempDir())("../../etc/passwd")
	assert.ErrorContains(t, err, "outside the evidence folder")
}

func TestAPageStaysSmallWhateverTheTargetSends(t *testing.T) {
	big := talk()
	for i := range big {
		big[i].ResponseBody = []byte(strings.Repeat(`["`, 10_000) + strings.Repeat("x", 1<<20))
		big[i].ResponseHeader = http.Header{"X": {strings.Repeat("y", 1<<20)}}
	}
	e := sample()
	e.Outcomes, e.Run.Planned = nil, nil
	for i := range 150 {
		e.Outcomes = append(e.Outcomes, evidence.Outcome{
			Req: fmt.Sprintf("r-%d", i), Feature: "f", Level: "must", Verdict: evidence.Fail, Transcript: "t", Reason: "broken",
			Mismatches: []evidence.Mismatch{{What: "it", Want: "a", Got: strings.Repeat("g", 1<<20), Exchange: 1}},
		})
	}
	page, err := HTML(Fold(e, Options{}), said(big))
	require.NoError(t, err)
	assert.Less(t, len(page), 4<<20, "150 failures, each at bodies and headers of 1 MiB")
	doc := parsed(t, page)
	cut := all(doc, "p", "class", "cut")
	require.Len(t, cut, 1)
	assert.Regexp(t, `the last 1?[0-9]{2} conversations are told in brief`, text(cut[0]))
	assert.Contains(t, string(page), "the beginning of 1068576 bytes")
	assert.Len(t, all(doc, "li", "class", "guilty"), 150, "what shows a failure is told in any case")
	assert.Len(t, all(doc, "article"), 150)
}

func TestABodyIsShownForReading(t *testing.T) {
	for name, tt := range map[string]struct{ body, text, note string }{
		"JSON is indented, in its own order":  {`{"b":1,"a":[true,"é"]}`, "{\n  \"b\": 1,\n  \"a\": [\n    true,\n    \"é\"\n  ]\n}", ""},
		"what is no JSON stays as it is":      {"<html>\n", "<html>\n", ""},
		"what is no text is counted":          {"\xff\xfe", "", "2 bytes that are not text"},
		"a long one is cut at a whole letter": {strings.Repeat("é", 200), strings.Repeat("é", 99) + "…", "the beginning of 400 bytes"},
		"nobody indents a tower":              {strings.Repeat("[", 90) + strings.Repeat("]", 90), strings.Repeat("[", 90) + strings.Repeat("]", 90), ""},
		"none is none":                        {"", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text, note := bodyText([]byte(tt.body), 199)
			assert.Equal(t, tt.text, text)
			assert.Equal(t, tt.note, note)
		})
	}
}

func TestTheExchangesToLookAtAreMarked(t *testing.T) {
	x := func(n int, v evidence.Voice, method string, status int) evidence.Exchange {
		return evidence.Exchange{N: n, Voice: v, Method: method, Status: status}
	}
	okta, eyes := evidence.Okta, evidence.Eyes
	at := func(exchanges ...int) (all []evidence.Mismatch) {
		for _, n := range exchanges {
			all = append(all, evidence.Mismatch{Exchange: n})
		}
		return all
	}
	talk := []evidence.Exchange{x(1, okta, "PUT", 200), x(2, okta, "PATCH", 200), x(3, okta, "GET", 0), x(4, evidence.Tidy, "PATCH", 200), x(5, eyes, "GET", 200)}
	for name, tt := range map[string]struct {
		mismatches []evidence.Mismatch
		want       map[int]string
	}{
		"a look, and the last write of Okta's":   {at(5), map[int]string{5: showsIt, 2: lastChange}},
		"an answer to Okta stands for itself":    {at(2), map[int]string{2: showsIt}},
		"what shows it outweighs what was last":  {at(5, 2), map[int]string{5: showsIt, 2: showsIt}},
		"in any order":                           {at(2, 5), map[int]string{5: showsIt, 2: showsIt}},
		"nothing points: what was not answered":  {at(0), map[int]string{3: unanswered}},
		"an exchange that is not there any more": {at(17), map[int]string{3: unanswered}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, marked(talk, tt.mismatches)) })
	}
}
