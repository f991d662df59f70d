package management

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
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
