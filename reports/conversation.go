package reports

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/scimproof/scimproof/reports/evidence"
)

// Transcripts reads what was said in a scenario; path is an outcome's Transcript.
type Transcripts func(path string) ([]evidence.Exchange, error)

// A page stays small enough to be sent by mail: so much, in bytes, is told of a
// body, more of one that shows a failure, and so much of all conversations
// together. When that is used up, a little is still told of each body that shows
// a failure.
const (
	bodyShown   = 6 << 10
	guiltyShown = 16 << 10
	littleShown = 1 << 10
	headerShown = 512
	roomForTalk = 900 << 10
)

// A conversation is what was said in one scenario, in the order of sending.
type conversation struct {
	File      string // its transcript, from the page
	Trouble   string // why there is none to show
	Brief     bool   // a line for each exchange
	Exchanges []exchangeView
}

// An exchangeView is one request and its answer.
type exchangeView struct {
	N                 int
	ID                string // its anchor; "" in brief
	Voice             string
	Says              string // what the voice is, for a person
	Subject           string
	Method, Path, URL string
	Status            string
	Bad               bool // no answer, or one of 400 and above
	Took              string
	Mark              string // why to look here; "" for most
	Guilty            bool
	Failure           string
	Asked, Answered   message
	Curl, CurlNote    string
	Told              bool // headers and bodies are there
}

type message struct {
	Headers []headerView
	Body    string
	Note    string // what of the body is not shown
}

// Counted is how many headers there are, in words.
func (m message) Counted() string { return plural(len(m.Headers), "header") }

type headerView struct{ Name, Value string }

var voices = map[evidence.Voice][2]string{
	evidence.Okta: {"Okta", "what Okta sends"},
	evidence.Eyes: {"look", "scimproof looks at what the target holds"},
	evidence.Hand: {"setup", "scimproof brings about what a Given states"},
	evidence.Tidy: {"tidy", "scimproof puts away what it made"},
}

// exchanges reads a scenario's transcript. One that is missing or torn is a fact
// about the folder, which the page tells.
func (b *binder) exchanges(o evidence.Outcome) ([]evidence.Exchange, conversation) {
	if o.Transcript == "" {
		return nil, conversation{}
	}
	if b.read == nil {
		return nil, conversation{Trouble: "the transcripts were not at hand"}
	}
	said, err := b.read(o.Transcript)
	if err != nil {
		return nil, conversation{Trouble: "its transcript cannot be read: " + err.Error()}
	}
	return said, conversation{File: file(o.Transcript)}
}

// inBrief is a line for each exchange.
func (b *binder) inBrief(o evidence.Outcome) conversation {
	said, talk := b.exchanges(o)
	talk.Brief = true
	for _, x := range said {
		talk.Exchanges = append(talk.Exchanges, b.line(x))
	}
	return talk
}

// inFull tells all exchanges with headers and bodies while there is room, and
// those that show the failure in any case.
func (b *binder) inFull(o evidence.Outcome) conversation {
	said, talk := b.exchanges(o)
	marks := marked(said, o.Mismatches)
	room := b.left > 0
	for _, x := range said {
		v := b.line(x)
		v.ID = fmt.Sprintf("%s-exchange-%d", b.anchor(o), x.N)
		v.Mark = marks[x.N]
		v.Guilty = v.Mark == showsIt
		if room || v.Mark != "" {
			b.tell(&v, x)
		} else {
			talk.Brief = true
		}
		talk.Exchanges = append(talk.Exchanges, v)
	}
	if talk.Brief {
		b.short++
	}
	return talk
}

// cut says which conversations were told in brief for want of room.
func (b *binder) cut() string {
	if b.short == 0 {
		return ""
	}
	return fmt.Sprintf("To keep this page small, the last %s are told in brief, but for the exchanges that show what failed; the transcripts in the evidence folder hold all.", plural(b.short, "conversation"))
}

const (
	showsIt    = "this shows it"
	lastChange = "the last change before it"
	unanswered = "the last without an answer"
)

// marked says which exchanges to look at: those that a mismatch points to and,
// where such a one only looks, the last write that Okta sent before it. Where no
// mismatch points anywhere, it is the last exchange that was not answered.
func marked(said []evidence.Exchange, mismatches []evidence.Mismatch) map[int]string {
	marks := map[int]string{}
	for _, m := range mismatches {
		i := slices.IndexFunc(said, func(x evidence.Exchange) bool { return m.Exchange > 0 && x.N == m.Exchange })
		if i < 0 {
			continue
		}
		if said[i].Voice == evidence.Eyes {
			for j := i - 1; j >= 0; j-- {
				if said[j].Voice == evidence.Okta && said[j].Method != http.MethodGet {
					marks[said[j].N] = cmp.Or(marks[said[j].N], lastChange)
					break
				}
			}
		}
		marks[m.Exchange] = showsIt
	}
	for i := len(said) - 1; i >= 0 && len(marks) == 0; i-- {
		if said[i].Status == 0 {
			marks[said[i].N] = unanswered
		}
	}
	return marks
}

func (b *binder) line(x evidence.Exchange) exchangeView {
	v := exchangeView{
		N: x.N, Voice: string(x.Voice), Subject: x.Subject, Method: x.Method, URL: x.URL, Path: b.path(x.URL),
		Took: fmt.Sprintf("%.1f ms", x.Took.Seconds()*1000), Failure: x.Failure,
		Status: strconv.Itoa(x.Status), Bad: x.Status == 0 || x.Status >= 400,
	}
	if name, ok := voices[x.Voice]; ok {
		v.Voice, v.Says = name[0], name[1]
	}
	if x.Status == 0 {
		v.Status = "no answer"
	}
	return v
}

// path is the part of an address that differs from one request to the next, with
// its escapes undone for reading.
func (b *binder) path(address string) string {
	short := strings.TrimPrefix(address, strings.TrimSuffix(b.report.Target.URL, "/"))
	for _, resource := range []string{"/Users", "/Groups"} {
		if i := strings.Index(short, resource); i >= 0 {
			short = short[i:]
			break
		}
	}
	if plain, err := url.QueryUnescape(short); err == nil && utf8.ValidString(plain) {
		return plain
	}
	return short
}

func (b *binder) tell(v *exchangeView, x evidence.Exchange) {
	v.Told = true
	most := bodyShown
	if v.Mark != "" {
		most = guiltyShown
		v.Curl, v.CurlNote = curl(x)
	}
	if b.left <= 0 {
		most = littleShown
	}
	if len(v.Curl) > most {
		v.Curl, v.CurlNote = "", "Too long to be sent again from here: take it from the transcript."
	}
	v.Asked = toMessage(x.RequestHeader, x.RequestBody, most)
	v.Answered = toMessage(x.ResponseHeader, x.ResponseBody, most)
	b.left -= v.Asked.size() + v.Answered.size() + inPage(v.Curl)
}

func toMessage(headers http.Header, body []byte, most int) message {
	var m message
	for name, values := range headers {
		for _, value := range values {
			m.Headers = append(m.Headers, headerView{shortened(name, headerShown), shortened(value, headerShown)})
		}
	}
	slices.SortFunc(m.Headers, func(a, b headerView) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	m.Body, m.Note = bodyText(body, most)
	return m
}

// markup is about what the page wraps around a header.
const markup = 40

func (m message) size() int {
	n := inPage(m.Body)
	for _, h := range m.Headers {
		n += inPage(h.Name) + inPage(h.Value) + markup
	}
	return n
}

// inPage is the size of a text in the page: JSON's quotes become escapes there.
func inPage(s string) int { return len(template.HTMLEscapeString(s)) }

// bodyText is a body for reading: JSON is indented, and no more than most bytes
// are shown.
func bodyText(body []byte, most int) (text, note string) {
	if !utf8.Valid(body) {
		return "", fmt.Sprintf("%d bytes that are not text", len(body))
	}
	text = indented(body)
	if len(text) <= most {
		return text, ""
	}
	return shortened(text, most), fmt.Sprintf("the beginning of %d bytes", len(body))
}

func shortened(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// What is longer or deeper is no resource that a person reads, and indenting it
// could fill the memory.
const (
	longestIndented = 256 << 10
	deepestIndented = 64
)

func indented(body []byte) string {
	var out bytes.Buffer
	if len(body) > longestIndented || depth(body) > deepestIndented || json.Indent(&out, body, "", "  ") != nil {
		return string(body)
	}
	return out.String()
}

// depth is at least the depth of a JSON text: brackets in strings count too.
func depth(body []byte) int {
	now, most := 0, 0
	for _, c := range body {
		switch c {
		case '{', '[':
			now++
		case '}', ']':
			now--
		}
		most = max(most, now)
	}
	return most
}
