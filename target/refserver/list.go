package refserver

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/filter"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// maxResults is the most resources that one answer holds, and how many it holds
// when the client does not say.
const maxResults = 1000

const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// A query is what a client wants to see of a collection.
type query struct {
	filter filter.Expr // nil for all
	start  int         // 1-based
	count  int
	want   projection
}

func (c *call) list(col collection) (answer, error) {
	p, err := c.parameters()
	if err != nil {
		return answer{}, err
	}
	q, err := p.query(col.typ)
	if err != nil {
		return answer{}, err
	}
	return c.answerQuery(col, q)
}

func (c *call) answerQuery(col collection, q query) (answer, error) {
	var page resource.List
	total := 0
	err := c.Store.View(c.Context(), c.iam.ID, func(v store.View) (err error) {
		total, page, err = c.run(v, col, q)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	body := object(
		"schemas", resource.List{listSchema},
		"totalResults", integer(total),
		"startIndex", integer(q.start),
		"itemsPerPage", integer(len(page)),
		"Resources", page,
	)
	return answer{status: http.StatusOK, body: body}, nil
}

// run finds the page, and how many resources there are beyond it.
func (c *call) run(v store.View, col collection, q query) (int, resource.List, error) {
	page := resource.List{}
	show := func(rec store.Record) error {
		r, err := c.render(v, col, rec, q.want.has("members"))
		page = append(page, q.want.of(r, col.typ))
		return err
	}
	if q.filter == nil {
		return c.runAll(v, col, q, show, func() resource.List { return page })
	}
	total := 0
	err := c.candidates(v, col, q.filter, func(rec store.Record) error {
		r, err := c.render(v, col, rec, mentions(q.filter, "members"))
		if err != nil || !filter.Match(q.filter, r, col.typ) {
			return err
		}
		total++
		if total < q.start || len(page) >= q.count {
			return nil
		}
		return show(rec)
	})
	return total, page, err
}

func (c *call) runAll(v store.View, col collection, q query, show func(store.Record) error, page func() resource.List) (int, resource.List, error) {
	total, err := v.Count(col.kind)
	if err != nil {
		return 0, nil, err
	}
	records, err := v.Page(col.kind, q.start-1, q.count)
	if err != nil {
		return 0, nil, err
	}
	for _, rec := range records {
		if err := show(rec); err != nil {
			return 0, nil, err
		}
	}
	return total, page(), nil
}

// candidates are the records that can match: the one of that id or name where
// the filter asks for it, as Okta's do, or else all.
func (c *call) candidates(v store.View, col collection, e filter.Expr, do func(store.Record) error) error {
	if cmp, ok := e.(filter.Compare); ok {
		cmp.Attr = col.typ.Resolve(cmp.Attr, nil)
		if id, ok := equals(cmp, "id"); ok {
			rec, err := v.Get(col.kind, id)
			return ifFound(rec, err, do)
		}
		if name, ok := equals(cmp, nameAttribute(col)); ok {
			rec, err := v.Find(col.kind, resource.Fold(name))
			return ifFound(rec, err, do)
		}
	}
	return each(v, col.kind, do)
}

func ifFound(rec store.Record, err error, do func(store.Record) error) error {
	switch err {
	case nil:
		return do(rec)
	case store.ErrNotFound:
		return nil
	}
	return err
}

// mentions says whether a filter speaks of an attribute.
func mentions(e filter.Expr, name string) bool {
	return strings.Contains(resource.Fold(e.String()), resource.Fold(name))
}

// parameters are those of a query string, by their names in lower case.
type parameters map[string][]string

// parameters reads the query string. One that cannot be read is refused: to drop
// part of it would answer another question than was asked.
func (c *call) parameters() (parameters, error) {
	values, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return nil, badValue("the query string cannot be read: %v", err)
	}
	p := parameters{}
	for name, v := range values {
		name = strings.ToLower(name)
		p[name] = append(p[name], v...)
	}
	for name, v := range p {
		if len(v) > 1 && (name == "filter" || name == "startindex" || name == "count") {
			return nil, badValue("%s is given twice", name)
		}
	}
	return p, nil
}

func (p parameters) query(t schema.Type) (query, error) {
	q := query{start: 1, count: maxResults}
	var err error
	if q.want, err = p.projection(); err != nil {
		return q, err
	}
	if text, ok := p["filter"]; ok {
		if q.filter, err = parseFilter(text[0], t); err != nil {
			return q, err
		}
	}
	if err := p.integer("startindex", &q.start); err != nil {
		return q, err
	}
	if err := p.integer("count", &q.count); err != nil {
		return q, err
	}
	q.bound()
	return q, nil
}

// bound applies RFC 7644, section 3.4.2.4: a start below 1 is 1, a count below 0
// is 0, and the server may return less than was asked for.
func (q *query) bound() {
	q.start = max(q.start, 1)
	q.count = min(max(q.count, 0), maxResults)
}

func parseFilter(text string, t schema.Type) (filter.Expr, error) {
	e, err := filter.Parse(text)
	if err == nil {
		err = filter.Check(e, t)
	}
	if err != nil {
		return nil, badFilter("the filter cannot be applied: %v", err)
	}
	return e, nil
}

// integer reads a parameter if it is there. A number too large for us is as good
// as the largest.
func (p parameters) integer(name string, n *int) error {
	text, ok := p[name]
	if !ok {
		return nil
	}
	i, err := strconv.ParseInt(text[0], 10, 32)
	if err != nil && !isRange(err) {
		return badValue("%s is %q, which is no integer", name, text[0])
	}
	*n = int(i)
	return nil
}

func isRange(err error) bool {
	n, ok := err.(*strconv.NumError)
	return ok && n.Err == strconv.ErrRange
}
