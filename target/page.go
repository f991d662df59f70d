package target

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// A Page is one answer of a list that comes in pages (RFC 7644, section 3.4.2.4).
type Page struct {
	Resources []Resource
	Total     int  // totalResults
	Start     *int // startIndex; nil where the answer has none
	Items     *int // itemsPerPage; nil where the answer has none
}

// ReadPage reads an answer to a list. An error says what is wrong with it: a status,
// something that is no list, or a number that is none.
func ReadPage(status int, body []byte) (Page, error) {
	if status != http.StatusOK {
		return Page{}, fmt.Errorf("HTTP status %d", status)
	}
	r, err := decodeResource(body)
	if err != nil {
		return Page{}, err
	}
	return Look{Status: status, Resource: r}.Page()
}

// Page reads a look at a list.
func (l Look) Page() (Page, error) {
	p := Page{}
	for _, entry := range l.listed() {
		r, _ := entry.(map[string]any)
		p.Resources = append(p.Resources, r)
	}
	total, err := l.Resource.integer("totalResults")
	switch {
	case err != nil:
		return p, err
	case total == nil:
		return p, fmt.Errorf("a list without totalResults")
	}
	p.Total = *total
	if p.Start, err = l.Resource.integer("startIndex"); err != nil {
		return p, err
	}
	p.Items, err = l.Resource.integer("itemsPerPage")
	return p, err
}

// ListedAs is the name under which a list has its resources, in the letters that it has
// there, and whether null stands in their place. The name is "" where there is none.
func (l Look) ListedAs() (name string, null bool) {
	for k, v := range l.Resource {
		if strings.EqualFold(k, "Resources") {
			return k, v == nil
		}
	}
	return "", false
}

func (l Look) listed() []any {
	list, _ := l.Resource.Get("Resources").([]any)
	return list
}

// integer reads a number without a fraction; nil where there is none.
func (r Resource) integer(name string) (*int, error) {
	v := r.Get(name)
	if v == nil {
		return nil, nil
	}
	number, _ := v.(json.Number)
	n, err := strconv.Atoi(number.String())
	if err != nil {
		return nil, fmt.Errorf("a list whose %s is %s", name, show(v))
	}
	return &n, nil
}
