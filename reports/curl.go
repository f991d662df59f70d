package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/scimproof/scimproof/reports/evidence"
)

// curl is a command line that sends a request again, for a POSIX shell. It holds
// no secret: the credentials are taken from where scimproof itself takes them,
// and what else was redacted stands as it was. note says what is left to do.
func curl(x evidence.Exchange) (command, note string) {
	words := []string{"curl -gi -X " + quoted(x.Method) + " " + quoted(x.URL)}
	names := make([]string, 0, len(x.RequestHeader))
	for name := range x.RequestHeader {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if slices.Contains(transport, http.CanonicalHeaderKey(name)) || !token.MatchString(name) {
			continue
		}
		for _, value := range x.RequestHeader[name] {
			words = append(words, headerWord(name, value))
			if strings.Contains(value, "[redacted") && name != "Authorization" {
				note = "Put a secret of yours where it says [redacted]."
			}
		}
	}
	if len(x.RequestBody) > 0 {
		if body, ok := oneLine(x.RequestBody); ok {
			words = append(words, "--data-raw "+quoted(body))
		} else {
			words = append(words, "--data-binary @body")
			note = strings.TrimSpace(note + " The body is no JSON: take it from the transcript into a file named body.")
		}
	}
	return strings.Join(words, " \\\n  "), note
}

// transport are headers that curl writes itself, or better not at all.
var transport = []string{"Accept-Encoding", "Connection", "Content-Length", "Host"}

var token = regexp.MustCompile(`^[A-Za-z0-9!$%&'*+.^_|~-]+$`)

// headerWord is a header as an argument. Credentials come from the variables of
// scimproof's own flags.
func headerWord(name, value string) string {
	scheme, _, _ := strings.Cut(value, " ")
	switch {
	case http.CanonicalHeaderKey(name) != "Authorization":
		return "-H " + quoted(name+": "+value)
	case strings.EqualFold(scheme, "Basic"):
		return `-u "$SCIMPROOF_BASIC"`
	}
	return `-H "Authorization: Bearer $SCIMPROOF_TOKEN"`
}

// quoted is one word to a POSIX shell, whatever is in it. What cannot be printed
// is shown rather than sent, so that pasting it does nothing unseen.
func quoted(s string) string {
	return "'" + strings.ReplaceAll(inert(s), "'", `'\''`) + "'"
}

// oneLine is a JSON text without line breaks in which everything is printable:
// what is not, stands as JSON's own escape. So does the second of two #, which
// some CI services obey.
func oneLine(body []byte) (string, bool) {
	var compact bytes.Buffer
	if json.Compact(&compact, body) != nil {
		return "", false
	}
	var out strings.Builder
	var before rune
	for _, r := range compact.String() {
		switch {
		case r > 0xffff && !unicode.IsPrint(r):
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		case r != ' ' && !unicode.IsPrint(r), r == '#' && before == '#':
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
		before = r
	}
	return out.String(), true
}
