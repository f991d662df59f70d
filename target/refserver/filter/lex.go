package filter

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/scimproof/scimproof/target/refserver/resource"
)

type kind int

const (
	end    kind = iota
	word        // attribute, operator, and, or, not, true, false, null
	quoted      // a JSON string
	number      // a JSON number
	mark        // one of ( ) [ ]
)

// A token is a piece of a filter; at is its offset in bytes.
type token struct {
	kind kind
	text string // of a quoted token: what it stands for
	at   int
}

func (t token) String() string {
	if t.kind == end {
		return "the end"
	}
	return strconv.Quote(t.text)
}

func (t token) is(keyword string) bool {
	return t.kind == word && strings.EqualFold(t.text, keyword)
}

func (t token) opens() bool { return t.kind == mark && t.text == "[" }

// lex cuts a filter into tokens: all of them, or those before the error.
func lex(s string) ([]token, error) {
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("the filter is not UTF-8")
	}
	var tokens []token
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ':
			i++
		case strings.IndexByte("()[]", c) >= 0:
			tokens = append(tokens, token{mark, s[i : i+1], i})
			i++
		case c == '"':
			n := closing(s[i:])
			text, err := jsontext.AppendUnquote(nil, s[i:i+n])
			if err != nil {
				return tokens, fmt.Errorf("the string at %d is no JSON string", i)
			}
			tokens = append(tokens, token{quoted, string(text), i})
			i += n
		case c == '-' || '0' <= c && c <= '9':
			n := run(s[i:])
			if !finite(s[i : i+n]) {
				return tokens, fmt.Errorf("%q at %d is no number", s[i:i+n], i)
			}
			tokens = append(tokens, token{number, s[i : i+n], i})
			i += n
		case resource.AttrByte(c):
			n := run(s[i:]) // the dot after the brackets of a path comes with its sub-attribute
			tokens = append(tokens, token{word, s[i : i+n], i})
			i += n
		default:
			r, _ := utf8.DecodeRuneInString(s[i:])
			return tokens, fmt.Errorf("%q at %d has no place in a filter", r, i)
		}
	}
	return append(tokens, token{end, "", len(s)}), nil
}

// closing is the length of the JSON string that s begins with, or of all of s
// where it does not end.
func closing(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

func run(s string) int {
	n := 0
	for n < len(s) && resource.AttrByte(s[n]) {
		n++
	}
	return n
}

// finite accepts the numbers of JSON that a float can hold the size of.
func finite(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	v := jsontext.Value(s)
	return err == nil && v.IsValid()
}
