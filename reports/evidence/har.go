package evidence

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// HAR 1.2 (Jan Odvarko's specification), as far as an exchange needs it; names
// that begin with an underscore are custom fields, which the format permits.
type (
	har struct {
		Log harLog `json:"log"`
	}
	harLog struct {
		Version string     `json:"version"`
		Creator harCreator `json:"creator"`
		Entries []harEntry `json:"entries"`
	}
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harEntry struct {
		N       int    `json:"_n"`
		Voice   Voice  `json:"_voice"`
		Subject string `json:"_subject,omitempty"`
		Failure string `json:"_failure,omitempty"`
		Kind    string `json:"_kind,omitempty"`
		ID      string `json:"_id,omitempty"`
		Cut     bool   `json:"_cut,omitempty"`

		Started  time.Time   `json:"startedDateTime"`
		Time     float64     `json:"time"` // milliseconds
		Request  harRequest  `json:"request"`
		Response harResponse `json:"response"`
		Cache    struct{}    `json:"cache"`
		Timings  harTimings  `json:"timings"`
	}
	harRequest struct {
		Method      string    `json:"method"`
		URL         string    `json:"url"`
		HTTPVersion string    `json:"httpVersion"`
		Cookies     []harPair `json:"cookies"`
		Headers     []harPair `json:"headers"`
		QueryString []harPair `json:"queryString"`
		PostData    *harBody  `json:"postData,omitempty"`
		HeadersSize int       `json:"headersSize"`
		BodySize    int       `json:"bodySize"`
	}
	harResponse struct {
		Status      int       `json:"status"`
		StatusText  string    `json:"statusText"`
		HTTPVersion string    `json:"httpVersion"`
		Cookies     []harPair `json:"cookies"`
		Headers     []harPair `json:"headers"`
		Content     harBody   `json:"content"`
		RedirectURL string    `json:"redirectURL"`
		HeadersSize int       `json:"headersSize"`
		BodySize    int       `json:"bodySize"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	// A request's body has no encoding in HAR 1.2, so there it is a custom
	// field of the same meaning.
	harBody struct {
		Size            int    `json:"size"`
		MimeType        string `json:"mimeType"`
		Text            string `json:"text"`
		Encoding        string `json:"encoding,omitempty"`
		RequestEncoding string `json:"_encoding,omitempty"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
)

const unknown = -1 // HAR's word for a size nobody measured

func toHAR(exchanges []Exchange) har {
	h := har{Log: harLog{Version: "1.2", Creator: harCreator{Name: "scimproof", Version: "1"}, Entries: []harEntry{}}}
	for _, x := range exchanges {
		h.Log.Entries = append(h.Log.Entries, toEntry(x))
	}
	return h
}

func toEntry(x Exchange) harEntry {
	ms := float64(x.Took) / float64(time.Millisecond)
	return harEntry{
		N: x.N, Voice: x.Voice, Subject: x.Subject, Failure: x.Failure, Kind: x.Kind, ID: x.ID, Cut: x.Cut,
		Started: x.Started, Time: ms, Timings: harTimings{Wait: ms},
		Request: harRequest{
			Method: x.Method, URL: x.URL, HTTPVersion: "HTTP/1.1",
			Cookies: []harPair{}, Headers: toPairs(x.RequestHeader), QueryString: toQuery(x.URL),
			PostData:    toPostData(x.RequestBody, x.RequestHeader.Get("Content-Type")),
			HeadersSize: unknown, BodySize: len(x.RequestBody),
		},
		Response: harResponse{
			Status: x.Status, StatusText: http.StatusText(x.Status), HTTPVersion: "HTTP/1.1",
			Cookies: []harPair{}, Headers: toPairs(x.ResponseHeader),
			Content:     toBody(x.ResponseBody, x.ResponseHeader.Get("Content-Type")),
			RedirectURL: x.ResponseHeader.Get("Location"),
			HeadersSize: unknown, BodySize: len(x.ResponseBody),
		},
	}
}

func toBody(body []byte, mime string) harBody {
	b := harBody{Size: len(body), MimeType: mime, Text: string(body)}
	if !utf8.Valid(body) {
		b.Text, b.Encoding = base64.StdEncoding.EncodeToString(body), "base64"
	}
	return b
}

func toPostData(body []byte, mime string) *harBody {
	if len(body) == 0 {
		return nil
	}
	b := toBody(body, mime)
	b.Encoding, b.RequestEncoding = "", b.Encoding
	return &b
}

func toPairs(h http.Header) []harPair {
	pairs := []harPair{}
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range h[name] {
			pairs = append(pairs, harPair{name, value})
		}
	}
	return pairs
}

func toQuery(raw string) []harPair {
	u, err := url.Parse(raw)
	if err != nil {
		return []harPair{}
	}
	return toPairs(http.Header(u.Query()))
}

func fromHAR(h har) ([]Exchange, error) {
	var exchanges []Exchange
	for i, e := range h.Log.Entries {
		x, err := fromEntry(e)
		if err != nil {
			return nil, fmt.Errorf("entry %s: %w", strconv.Itoa(i+1), err)
		}
		exchanges = append(exchanges, x)
	}
	return exchanges, nil
}

func fromEntry(e harEntry) (Exchange, error) {
	x := Exchange{
		N: e.N, Voice: e.Voice, Subject: e.Subject, Failure: e.Failure, Kind: e.Kind, ID: e.ID, Cut: e.Cut,
		Started: e.Started, Took: time.Duration(math.Round(e.Time * float64(time.Millisecond))),
		Method: e.Request.Method, URL: e.Request.URL, RequestHeader: fromPairs(e.Request.Headers),
		Status: e.Response.Status, ResponseHeader: fromPairs(e.Response.Headers),
	}
	var err error
	if p := e.Request.PostData; p != nil {
		if x.RequestBody, err = fromBody(p.Text, p.RequestEncoding); err != nil {
			return x, fmt.Errorf("request body: %w", err)
		}
	}
	if x.ResponseBody, err = fromBody(e.Response.Content.Text, e.Response.Content.Encoding); err != nil {
		return x, fmt.Errorf("answer's body: %w", err)
	}
	return x, nil
}

func fromBody(text, encoding string) ([]byte, error) {
	switch {
	case encoding == "base64":
		return base64.StdEncoding.DecodeString(text)
	case text == "":
		return nil, nil
	default:
		return []byte(text), nil
	}
}

func fromPairs(pairs []harPair) http.Header {
	h := http.Header{}
	for _, p := range pairs {
		h[p.Name] = append(h[p.Name], p.Value)
	}
	return h
}
