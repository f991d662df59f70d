package scim

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error" // RFC 7644, section 3.12

// An Error is an answer that says no (RFC 7644, section 3.12), as Okta shows it.
type Error struct {
	Status   int    // the HTTP status; what the body says of it is not read
	ScimType string // "uniqueness", "invalidFilter", …; often empty
	// Detail is the target's words, for people only, at most 1,000 bytes of them.
	// Where they are no JSON it is what a JSON parser says of that, and it is empty
	// when the target has nothing to say.
	Detail string
}

// Error is Okta's message; it ends in "null" where the target said nothing.
//
// Source: getsentry/sentry issue 88623 and others (observed); snipe-it issue
// 13901 for null (observed, on the connection test).
func (e *Error) Error() string {
	return e.Reason() + ". Errors reported by remote server: " + e.Words()
}

// Reason is the reason phrase of the status: "Conflict".
func (e *Error) Reason() string {
	if phrase := http.StatusText(e.Status); phrase != "" {
		return phrase
	}
	return fmt.Sprintf("Status %d", e.Status)
}

// Words are the target's words, or "null".
func (e *Error) Words() string {
	if e.Detail == "" {
		return "null"
	}
	return e.Detail
}

// refusal reads an answer that is not what was asked for.
func refusal(a Answer) *Error {
	e := &Error{Status: a.Status}
	o, err := parseObject(a.Body)
	switch {
	case errors.Is(err, errEmpty):
	case err != nil:
		e.Detail = unreadable(a.Body, err)
	default:
		e.ScimType, _ = textOf(o.get("scimType"))
		detail, _ := textOf(o.get("detail"))
		e.Detail = cut(detail)
	}
	return e
}

// unreadable is what Okta shows of a body that is not a JSON object: the words of
// its JSON parser, a word that is no JSON being an "Unrecognized token"
// (observed). What it says of other bodies, and the column, are inference.
func unreadable(body []byte, err error) string {
	start := len(body) - len(bytes.TrimLeft(body, " \t\r\n"))
	line := 1 + bytes.Count(body[:start], []byte("\n"))
	column := start - bytes.LastIndexByte(body[:start], '\n')
	switch word, c := begin(body[start:]); {
	case errors.Is(err, errEmpty), errors.Is(err, errNoObject):
		return "Invalid JSON: " + err.Error()
	case word != "" && !slices.Contains([]string{"true", "false", "null"}, word):
		return fmt.Sprintf("Invalid JSON: Unrecognized token '%s': was expecting ('true', 'false' or 'null'); line: %d, column: %d",
			word, line, column+len(word))
	case c == '<':
		return fmt.Sprintf("Invalid JSON: Unexpected character ('<' (code 60)): expected a valid value; line: %d, column: %d", line, column)
	}
	return "Invalid JSON: " + cut(err.Error())
}

// begin returns the word that text begins with, cut to 40 letters, and its first
// byte. A number is no such word.
func begin(text []byte) (string, byte) {
	if len(text) == 0 || '0' <= text[0] && text[0] <= '9' {
		return "", 0
	}
	end := bytes.IndexFunc(text, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '$')
	})
	if end < 0 {
		end = len(text)
	}
	return string(text[:min(end, 40)]), text[0]
}

// cut keeps what a person reads of a server's words.
func cut(s string) string {
	const enough = 1000
	if len(s) <= enough {
		return s
	}
	return strings.ToValidUTF8(s[:enough], "") + "…"
}
