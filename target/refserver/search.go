package refserver

import (
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

const searchSchema = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

// search is a query whose parameters come in a body (RFC 7644, section 3.4.3).
func (c *call) search(col collection) (answer, error) {
	body, err := readBody(c.Request, maxBody)
	if err != nil {
		return answer{}, err
	}
	named := false
	for _, s := range body.List("schemas") {
		text, _ := s.(string)
		named = named || strings.EqualFold(text, searchSchema)
	}
	if !named {
		return answer{}, badSyntax("schemas does not name %s", searchSchema)
	}
	p := parameters{}
	for _, m := range body.Members() {
		if err := p.take(m); err != nil {
			return answer{}, err
		}
	}
	q, err := p.query(col.typ)
	if err != nil {
		return answer{}, err
	}
	return c.answerQuery(col, q)
}

// take reads one member of a search request as a parameter.
func (p parameters) take(m resource.Member) error {
	name := strings.ToLower(m.Name)
	switch v := m.Value.(type) {
	case string:
		p[name] = []string{v}
	case resource.Number:
		p[name] = []string{string(v)}
	case resource.List:
		for _, e := range v {
			text, ok := e.(string)
			if !ok {
				return badValue("%s has an element that is no string", m.Name)
			}
			p[name] = append(p[name], text)
		}
	}
	return nil
}
