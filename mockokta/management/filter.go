package management

import (
	"net/http"
	"strconv"
	"strings"
)

// A comparison is one term of a search or a filter.
type comparison struct{ name, value string }

// equals reads the one form of search and filter that the mock understands:
// comparisons with eq, joined by and. It returns a test, given how to look up
// an attribute; an empty expression lets everything through.
func equals(expression string) (func(lookup func(string) string) bool, error) {
	terms, understood := comparisons(expression)
	if !understood {
		return nil, notUnderstood()
	}
	return func(lookup func(string) string) bool {
		for _, t := range terms {
			if !strings.EqualFold(lookup(t.name), t.value) {
				return false
			}
		}
		return true
	}, nil
}

func notUnderstood() *Error {
	return oops(http.StatusBadRequest, "E0000031", "Invalid search criteria.", `the mock understands: attribute eq "value", joined by and`)
}

func comparisons(expression string) ([]comparison, bool) {
	var terms []comparison
	for rest := strings.TrimSpace(expression); rest != ""; {
		name, after, compared := strings.Cut(rest, " eq ")
		after = strings.TrimSpace(after)
		quoted, err := strconv.QuotedPrefix(after)
		if !compared || err != nil || quoted[0] != '"' {
			return nil, false
		}
		value, _ := strconv.Unquote(quoted) // it was found to be quoted well
		terms = append(terms, comparison{strings.TrimSpace(name), value})
		if rest = strings.TrimSpace(after[len(quoted):]); rest == "" {
			break
		}
		if rest, compared = strings.CutPrefix(rest, "and "); !compared {
			return nil, false
		}
	}
	return terms, true
}

func hasPrefix(value any, prefix string) bool {
	s, _ := value.(string)
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
