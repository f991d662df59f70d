package mood

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// All lists the moods, in the order in which Together puts them before a server:
// what changes how a body is written down comes last.
func All() []Mood {
	return []Mood{
		{
			Name: "patch-204", What: "A PATCH that succeeds is answered with 204 and no body.",
			Source: "RFC 7644, section 3.5.2; Okta takes 200 or 204 (Okta SCIM 2.0 reference)",
			begin:  func() way { return way{say: patch204} },
		},
		{
			Name: "extra-attributes", What: "Resources hold an extension and attributes that nobody asked for; one of them changes with every look.",
			Source: "RFC 7643, sections 3.1 and 3.3; RFC 7644, section 3.5.1: what a client sends of a read-only attribute is ignored",
			begin:  extraAttributes,
		},
		{
			Name: "no-optional-members", What: "What is empty or may be left out is left out: meta, empty lists, the page's numbers of a whole list, the display and type of members, an error's words.",
			Source: "RFC 7643, sections 2.5 and 3.1; RFC 7644, sections 3.4.2 and 3.12",
			begin:  func() way { return way{say: noOptionalMembers} },
		},
		{
			Name: "no-groups-on-users", What: "A user does not tell its groups.",
			Source: "RFC 7643, section 4.1.2: groups is optional",
			begin: func() way {
				return way{say: func(_ *http.Request, a *answer) { a.eachUser(func(o object) { delete(o, "groups") }) }}
			},
		},
		{
			Name: "relative-location", What: "Locations are relative.",
			Source: "RFC 9110, section 10.2.2; RFC 7643, section 3.1, wants the same value in both places",
			begin:  func() way { return way{say: relativeLocation} },
		},
		{
			Name: "no-location", What: "No answer says where its resource is.",
			Source: "fairness (RFC 7644, section 3.3, wants Location after a create; Okta does not read it)",
			begin:  func() way { return way{say: noLocation} },
		},
		{
			Name: "application-json", What: "Answers are application/json.",
			Source: "RFC 7644, section 3.8: a client that accepts it may be answered with it",
			begin: func() way {
				return way{say: func(_ *http.Request, a *answer) {
					if a.body != nil {
						a.header.Set("Content-Type", "application/json")
					}
				}}
			},
		},
		{
			Name: "shouted-urns", What: "Schema URNs are written in capitals, and compared without regard to case.",
			Source: "RFC 2648, section 3: a URN of the ietf namespace is case-insensitive as a whole",
			begin:  shoutedURNs,
		},
		{
			Name: "shouted-filters", What: "The operator of a filter is read in capitals.",
			Source: "RFC 7644, section 3.4.2.2: operators are case-insensitive",
			begin:  func() way { return way{ask: shoutedFilters} },
		},
		{
			Name: "busy", What: "Every fifteenth request is answered with 429, and is welcome at once.",
			Source: "RFC 6585, section 4; Okta, Understanding SCIM, rate limits",
			begin:  busy,
		},
		{
			Name: "other-order", What: "Members of objects and values of lists stand in another order.",
			Source: "RFC 8259, section 4; RFC 7643, section 2.4: multi-valued attributes have no order; RFC 7644, section 3.4.2.3: nor have lists that nobody sorts",
			begin:  func() way { return way{write: func(v any) []byte { return backwards(nil, v) }} },
		},
		{
			Name: "small-headers", What: "Names of headers are written in lower case.",
			Source: "RFC 9110, section 5.1: field names are case-insensitive",
			begin:  func() way { return way{say: smallHeaders} },
		},
	}
}

func (a *answer) eachUser(change func(object)) {
	a.eachResource(func(o object) {
		if o["userName"] != nil {
			change(o)
		}
	})
}

func patch204(r *http.Request, a *answer) {
	if r.Method == http.MethodPatch && a.status == http.StatusOK {
		a.status, a.body, a.raw = http.StatusNoContent, nil, nil
		a.header.Del("Content-Type")
	}
}

const (
	extraSchema = "urn:example:params:scim:schemas:extension:building:2.0:User"
	extraFlat   = "lastSeen"
)

// extraAttributes adds to what is shown, and takes what it added out of what comes
// back, as a server does that keeps it for itself.
func extraAttributes() way {
	var looks atomic.Int64
	return way{
		ask: func(_ *http.Request, body any) any {
			if o, isObject := body.(object); isObject {
				delete(o, extraSchema)
				delete(o, extraFlat)
				if schemas, ok := o["schemas"].([]any); ok {
					o["schemas"] = slices.DeleteFunc(schemas, func(v any) bool { return v == extraSchema })
				}
			}
			return body
		},
		say: func(_ *http.Request, a *answer) {
			a.eachResource(func(o object) {
				o[extraFlat] = looks.Add(1)
				o[extraSchema] = object{"floor": 3, "badge": nil, "doors": []any{"north", 12.5, true}, "seat": object{"row": "A"}}
				if schemas, ok := o["schemas"].([]any); ok {
					o["schemas"] = append(schemas, extraSchema)
				}
			})
		},
	}
}

func noOptionalMembers(_ *http.Request, a *answer) {
	o, _ := a.body.(object)
	if list, isList := o["Resources"].([]any); isList && o["totalResults"] == number(len(list)) {
		delete(o, "startIndex")
		delete(o, "itemsPerPage")
		if len(list) == 0 {
			delete(o, "Resources")
		}
	}
	if a.status >= 400 && o != nil {
		delete(o, "detail")
		delete(o, "scimType")
	}
	a.eachResource(func(o object) {
		delete(o, "meta")
		for name, v := range o {
			list, isList := v.([]any)
			if v == nil || isList && len(list) == 0 {
				delete(o, name)
			}
			if name == "members" || name == "groups" {
				eachObject(list, func(element object) {
					delete(element, "display")
					delete(element, "type")
					delete(element, "$ref")
				})
			}
		}
	})
}

func number(n int) json.Number {
	raw, _ := json.Marshal(n)
	return json.Number(raw)
}

func relativeLocation(_ *http.Request, a *answer) {
	relative := func(absolute string) string {
		u, err := url.Parse(absolute)
		if err != nil {
			return absolute
		}
		return u.EscapedPath()
	}
	if l := a.header.Get("Location"); l != "" {
		a.header.Set("Location", relative(l))
	}
	eachObject(a.body, func(o object) {
		for _, name := range []string{"location", "$ref"} {
			if l, ok := o[name].(string); ok {
				o[name] = relative(l)
			}
		}
	})
}

func noLocation(_ *http.Request, a *answer) {
	a.header.Del("Location")
	eachObject(a.body, func(o object) {
		delete(o, "location")
		delete(o, "$ref")
	})
}

// shoutedURNs remembers how the server behind writes its URNs, which may compare
// them letter by letter.
func shoutedURNs() way {
	var spelt sync.Map
	shout := func(s string) string {
		if !strings.HasPrefix(strings.ToLower(s), "urn:ietf:params:scim:") {
			return s
		}
		loud := strings.ToUpper(s)
		spelt.LoadOrStore(loud, s)
		return loud
	}
	quiet := func(s string) string {
		if was, known := spelt.Load(s); known {
			return was.(string)
		}
		return s
	}
	return way{
		ask: func(_ *http.Request, body any) any { respell(body, quiet); return body },
		say: func(_ *http.Request, a *answer) { respell(a.body, shout) },
	}
}

// respell changes the URNs in schemas, and those by which extensions are known.
func respell(v any, spell func(string) string) {
	eachObject(v, func(o object) {
		if schemas, ok := o["schemas"].([]any); ok {
			for i, urn := range schemas {
				if s, isText := urn.(string); isText {
					schemas[i] = spell(s)
				}
			}
		}
		for name, value := range o {
			if other := spell(name); other != name {
				delete(o, name)
				o[other] = value
			}
		}
	})
}

var operator = regexp.MustCompile(`^(\S+ )(eq)( ")`)

func shoutedFilters(r *http.Request, body any) any {
	q := r.URL.Query()
	if f := q.Get("filter"); f != "" {
		q.Set("filter", operator.ReplaceAllString(f, "${1}EQ${3}"))
		r.URL.RawQuery = q.Encode()
	}
	eachObject(body, func(o object) {
		if path, ok := o["path"].(string); ok && o["op"] != nil {
			before, filter, found := strings.Cut(path, "[")
			if found {
				o["path"] = before + "[" + operator.ReplaceAllString(filter, "${1}EQ${3}")
			}
		}
	})
	return body
}

func busy() way {
	var requests atomic.Int64
	return way{take: func(w http.ResponseWriter, _ *http.Request) bool {
		if requests.Add(1)%15 != 0 {
			return false
		}
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	}}
}

// backwards writes JSON with all that has no order from its end to its beginning.
func backwards(out []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		slices.Reverse(names)
		out = append(out, '{')
		for i, name := range names {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(append(out, encode(name)...), ':')
			out = backwards(out, v[name])
		}
		return append(out, '}')
	case []any:
		out = append(out, '[')
		for i := range v {
			if i > 0 {
				out = append(out, ',')
			}
			out = backwards(out, v[len(v)-1-i])
		}
		return append(out, ']')
	}
	return append(out, encode(v)...)
}

func smallHeaders(_ *http.Request, a *answer) {
	for name, values := range a.header {
		if small := strings.ToLower(name); small != name {
			a.header[small] = values
			a.header[name] = nil // so that net/http does not add one of its own
		}
	}
}
