package management

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A list is how one of Okta's lists is paged: so many by default, so many at
// most, and the id that "after" speaks of.
type list[T any] struct {
	usual, most int
	id          func(T) string
}

// page answers with the part of all that the request asks for, shown by show.
// Links come as header lines of their own, never joined by commas: clients of
// Okta lose the next page otherwise (observed).
func (l list[T]) page(r *http.Request, all []T, show func(T) any) (answer, error) {
	limit, err := l.limit(r.URL.Query().Get("limit"))
	if err != nil {
		return no(err)
	}
	if after := r.URL.Query().Get("after"); after != "" {
		i := slices.IndexFunc(all, func(t T) bool { return l.id(t) == after })
		if i < 0 {
			return no(invalid("after", "The cursor is not known"))
		}
		all = all[i+1:]
	}
	links := []string{link(r, "self", nil)}
	if len(all) > limit {
		all = all[:limit]
		links = append(links, link(r, "next", url.Values{"after": {l.id(all[limit-1])}, "limit": {strconv.Itoa(limit)}}))
	}
	shown := make([]any, 0, len(all))
	for _, t := range all {
		shown = append(shown, show(t))
	}
	return answer{body: shown, header: http.Header{"Link": links}}, nil
}

func (l list[T]) limit(asked string) (int, error) {
	if asked == "" {
		return l.usual, nil
	}
	n, err := strconv.Atoi(asked)
	if err != nil || n < 1 {
		return 0, invalid("limit", "The value is not a positive number")
	}
	return min(n, l.most), nil
}

func link(r *http.Request, rel string, set url.Values) string {
	q := r.URL.Query()
	for name, values := range set {
		q[name] = values
	}
	u := origin(r) + r.URL.EscapedPath()
	if len(q) > 0 {
		u += "?" + q.Encode()
	}
	return "<" + u + `>; rel="` + rel + `"`
}

// origin is where the caller reached us; links are built on it.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// equals reads the one form of search and filter that the mock understands:
// comparisons with eq, joined by and. It returns a test, given how to look up
// an attribute.
func equals(expression string) (func(lookup func(string) string) bool, error) {
	type comparison struct{ name, value string }
	var all []comparison
	if strings.TrimSpace(expression) != "" {
		for _, part := range strings.Split(expression, " and ") {
			name, rest, _ := strings.Cut(strings.TrimSpace(part), " eq ")
			value, err := strconv.Unquote(strings.TrimSpace(rest))
			if err != nil {
				return nil, oops(http.StatusBadRequest, "E0000031", "Invalid search criteria.", "the mock understands: attribute eq \"value\", joined by and")
			}
			all = append(all, comparison{strings.TrimSpace(name), value})
		}
	}
	return func(lookup func(string) string) bool {
		for _, c := range all {
			if !strings.EqualFold(lookup(c.name), c.value) {
				return false
			}
		}
		return true
	}, nil
}

func hasPrefix(value any, prefix string) bool {
	s, _ := value.(string)
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
