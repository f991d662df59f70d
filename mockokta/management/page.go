package management

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A list is how one of Okta's lists is paged: so many by default, so many at
// most, and the id that "after" speaks of.
type list[T any] struct {
	usual, most int
	id          func(T) string
}

// A reader brings a part of a list, and no more of it than that: whoever reads a long
// list page by page would otherwise have all of it copied for each page.
type reader[T any] func(directory.Part) ([]T, error)

// page answers with the part that the request asks for, shown by show. Links come as
// header lines of their own, never joined by commas: clients of Okta lose the next page
// otherwise (observed).
func (l list[T]) page(r *http.Request, read reader[T], show func(T) any) (answer, error) {
	limit, err := l.limit(r.URL.Query().Get("limit"))
	if err != nil {
		return no(err)
	}
	all, err := read(directory.Part{After: r.URL.Query().Get("after"), Most: limit + 1})
	if err != nil {
		return no(err)
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

// of reads a list that is at hand.
func (l list[T]) of(all []T) reader[T] {
	return func(p directory.Part) ([]T, error) {
		if p.After != "" {
			i := slices.IndexFunc(all, func(t T) bool { return l.id(t) == p.After })
			if i < 0 {
				return nil, invalid("after", "The cursor is not known")
			}
			all = all[i+1:]
		}
		return all[:min(p.Most, len(all))], nil
	}
}

// where reads those of a list that somebody wants, a part at a time.
func (l list[T]) where(wanted func(T) bool, read reader[T]) reader[T] {
	return func(p directory.Part) ([]T, error) {
		var found []T
		for {
			some, err := read(p)
			if err != nil {
				return nil, err
			}
			for _, t := range some {
				if wanted(t) {
					found = append(found, t)
				}
				if len(found) == p.Most {
					return found, nil
				}
			}
			if len(some) < p.Most {
				return found, nil
			}
			p.After = l.id(some[len(some)-1])
		}
	}
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
