package mockokta_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// A lie is an answer that no honest server gives.
type lie struct {
	name    string
	instead bool // of doing what was asked
	keeps   bool // to it, once told: a connection that is lost is lost again
	sockets bool // told over connections alone
	heavy   bool // each kind of request hears one of these
	tell    func(*shelf, kind, reply) reply
	does    verdicts
}

// A verdict is what becomes of a dialogue in which a lie was told.
type verdict struct {
	stops bool   // Okta says nothing further
	task  string // what the task says, as a regular expression; "": there is none
}

var (
	goesOn = verdict{}
	// lost: Okta goes on, and whoever is asked next knows nothing.
	lost = verdict{task: `Not Found\. Errors reported by remote server: there is no /`}
)

// stops: Okta says nothing further, and an administrator reads why.
func stops(why string) verdict { return verdict{true, why} }

type verdicts map[kind]verdict

var (
	lists      = []kind{test, none, find, noneG, findG}
	readings   = []kind{get, getG}
	creates    = []kind{create, createG}
	writes     = []kind{put, patch, putG, patchG}
	everything = slices.Concat(lists, readings, creates, writes, []kind{deleteG})
)

func (v verdicts) on(what verdict, kinds ...kind) verdicts {
	with := maps.Clone(v)
	for _, k := range kinds {
		with[k] = what
	}
	return with
}

func of(what verdict, kinds ...kind) verdicts { return verdicts{}.on(what, kinds...) }

const cannotRead = "Invalid JSON: "

// What becomes of each lie, by what it answers. Where Okta goes on with a wrong answer
// it does so by the reference, kind by kind:
//
//   - test: that there is a list is all that is asked of the answer; whose accounts are
//     in it is nothing to a test (inference).
//   - none, find, and the same of groups: Okta takes the first of what it is given,
//     whoever that is (inference, from Metatavu/keycloak-scim-server issue 46, where
//     a filter is ignored).
//   - create, of both: the id is what the target says it is (documented); that it is
//     another's cannot be seen.
//   - get: what was given goes back with PUT, unknown members, another's account and a
//     list in place of one included (observed: Stack Overflow question 77524118). That
//     it is so of a group is inference.
//   - put, patch, of both: the status tells. To PATCH a 204 without a body will do
//     (documented), so that there is nothing to look at; that Okta does not look at
//     what follows a PUT, wrong ids included, is inference.
//   - delete group: 204, without a body (documented). That one does no harm is inference.
var lies = []lie{
	{
		name: "another's id", tell: inResource(func(_ *shelf, r map[string]any) { r["id"] = "7777" }),
		does: of(goesOn, test, none, noneG, create, get, getG).on(goesOn, writes...).
			on(lost, find, findG, createG),
	},
	{
		name: "an id that changes with the answer", tell: inResource(func(s *shelf, r map[string]any) {
			for _, p := range slices.Collect(maps.Keys(s.things)) {
				if s.things[p]["id"] == r["id"] {
					thing := s.things[p]
					delete(s.things, p)
					r["id"] = "8888"
					thing["id"] = r["id"]
					s.things[p[:strings.LastIndex(p, "/")+1]+"8888"] = thing
				}
			}
		}),
		does: of(goesOn, none, noneG, find, findG, create, createG).
			on(lost, get, getG).on(lost, writes...),
	},
	{
		name: "a list in place of what was asked for", tell: inBody(func(body map[string]any) any {
			return map[string]any{"schemas": []any{listSchema}, "totalResults": 1, "startIndex": 1, "itemsPerPage": 1, "Resources": []any{body}}
		}),
		does: of(goesOn, test, get, getG).on(goesOn, writes...).
			on(stops("the resource in the answer has no id"), none, find, noneG, findG, create, createG),
	},
	{
		name: "everybody, whatever the filter", tell: func(s *shelf, k kind, honest reply) reply {
			others := s.matching("/Users", "")
			if k == noneG || k == findG {
				others = s.matching("/Groups", "")
			}
			return list(others)
		},
		does: of(goesOn, none, find, noneG, findG),
	},
	{
		// That Okta takes the first is inference, as above.
		name: "two of the name", tell: inBody(func(body map[string]any) any {
			if list, _ := body["Resources"].([]any); len(list) == 1 {
				other := maps.Clone(list[0].(map[string]any))
				other["id"] = "7777"
				body["Resources"], body["totalResults"], body["itemsPerPage"] = append(list, other), 2, 2
			}
			return body
		}),
		does: of(goesOn, find, findG),
	},
	{
		// Observed: support.okta.com question 0D54z0000A4i091CQA.
		name: "numbers as strings", tell: inBody(func(body map[string]any) any {
			for _, n := range []string{"totalResults", "startIndex", "itemsPerPage"} {
				body[n] = fmt.Sprint(body[n])
			}
			return body
		}),
		does: of(stops("the list's totalResults is not an integer"), lists...),
	},
	{
		// Of a user that was looked up or made Okta says so (observed; of one that was
		// read, inference); a group may lack them, as in one of Okta's own samples
		// (documented).
		name: "nobody's schemas", tell: inResource(func(_ *shelf, r map[string]any) { delete(r, "schemas") }),
		does: of(goesOn, test, none, noneG, findG, createG, getG).on(goesOn, writes...).
			on(stops("No schema's defined in scim user"), find, create, get),
	},
	{
		name: "an empty body", tell: saying(""),
		does: of(stops(cannotRead+"there is no body"), slices.Concat(lists, readings)...).
			on(stops("returned empty user"), create).on(stops("returned empty group"), createG).
			on(goesOn, writes...).on(goesOn, deleteG),
	},
	{
		name: "null", tell: saying("null"),
		does: unreadable(cannotRead + "the body is not a JSON object"),
	},
	{
		name: "a page", tell: saying("<!doctype html><title>Sign in</title>"),
		does: unreadable(`Unexpected character \('<' \(code 60\)\)`),
	},
	{
		name: "JSON 100,000 levels deep", tell: saying(`{"deep":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`),
		does: unreadable(cannotRead + ".*exceeded max depth"),
	},
	{
		name: "100,000 objects one in the other", tell: saying(strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000)),
		does: unreadable(cannotRead + ".*exceeded max depth"),
	},
	{
		name: "what is not UTF-8", tell: instead(func(b []byte) []byte { return bytes.Replace(b, []byte("{"), []byte("{\"note\":\"\xff\","), 1) }),
		does: unreadable(cannotRead + ".*invalid UTF-8"),
	},
	{
		name: "something behind the answer", tell: instead(func(b []byte) []byte { return append(b, "<!-- 12 ms -->"...) }),
		does: unreadable(cannotRead + "something follows the JSON value"),
	},
	{
		name: "half an answer that says it is one", tell: instead(func(b []byte) []byte { return b[:len(b)/2] }),
		does: unreadable(cannotRead),
	},
	{
		// That the last of equal members counts is inference.
		name: "members twice, the last one right", tell: instead(func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte("{"), []byte(`{"id":"7777","totalResults":9,"Resources":[],"schemas":[],`))
		}),
		does: of(goesOn, lists...).on(goesOn, readings...).on(goesOn, creates...).on(goesOn, writes...),
	},
	{
		// One of Okta's own samples prints a number (documented).
		name: "ids as numbers", tell: inResource(func(_ *shelf, r map[string]any) { r["id"] = json.Number(r["id"].(string)) }),
		does: of(goesOn, lists...).on(goesOn, readings...).on(goesOn, creates...).on(goesOn, writes...),
	},
	{
		name: "a body without end", heavy: true, tell: func(_ *shelf, _ kind, honest reply) reply {
			return reply{status: okay(honest), header: honest.header, body: bytes.Repeat([]byte(" "), 1<<16), endless: true}
		},
		does: of(stops("the body is longer than 32 MiB"), everything...),
	},
	{
		name: "little that unpacks to much", heavy: true, tell: func(_ *shelf, _ kind, honest reply) reply {
			return reply{status: okay(honest), header: http.Header{"Content-Encoding": {"gzip"}}, body: bomb()}
		},
		does: of(stops("the body is longer than 32 MiB"), everything...),
	},
	{
		name: "what is said to be packed and is not", tell: coded("gzip"),
		does: of(stops("gzip: invalid header"), everything...),
	},
	{
		name: "a packing that nobody asked for", tell: coded("br"),
		does: of(stops("a content coding that was not asked for"), everything...),
	},
	{
		name: "less than was promised", tell: func(_ *shelf, _ kind, honest reply) reply {
			honest = withBody(honest)
			honest.short = true
			return honest
		},
		does: of(stops("unexpected EOF"), everything...),
	},
	{
		name: "the way to somewhere else", tell: func(*shelf, kind, reply) reply {
			return reply{status: http.StatusTemporaryRedirect, header: http.Header{"Location": {"https://elsewhere.example.test/scim/Users"}}}
		},
		does: of(stops("Temporary Redirect"), everything...),
	},
	{
		name: "no answer, nothing being done", instead: true, keeps: true, tell: func(*shelf, kind, reply) reply { return reply{lost: true} },
		does: of(stops("no whole answer: .*EOF"), everything...).on(stops("did not answer: .*EOF"), test),
	},
	{
		name: "no answer, everything being done", keeps: true, tell: func(*shelf, kind, reply) reply { return reply{lost: true} },
		does: of(stops("no whole answer: .*EOF"), everything...).on(stops("did not answer: .*EOF"), test),
	},
	{
		name: "a hint before the answer", sockets: true, tell: hinting(1),
		does: of(goesOn, everything...),
	},
	{
		name: "a thousand of them", sockets: true, tell: hinting(1000),
		does: of(goesOn, everything...),
	},
}

// unreadable: whoever reads cannot, and whoever writes does not look.
func unreadable(why string) verdicts {
	return of(stops(why), slices.Concat(lists, readings, creates)...).on(goesOn, writes...).on(goesOn, deleteG)
}

// inResource alters the accounts or groups of an answer.
func inResource(alter func(*shelf, map[string]any)) func(*shelf, kind, reply) reply {
	return func(s *shelf, k kind, honest reply) reply {
		return inBody(func(body map[string]any) any {
			resources, ok := body["Resources"].([]any)
			if !ok {
				resources = []any{body}
			}
			for _, r := range resources {
				alter(s, r.(map[string]any))
			}
			return body
		})(s, k, honest)
	}
}

// inBody alters what an answer says.
func inBody(alter func(map[string]any) any) func(*shelf, kind, reply) reply {
	return instead(func(b []byte) []byte {
		var body map[string]any
		if json.Unmarshal(b, &body) != nil {
			return b
		}
		altered, _ := json.Marshal(alter(body))
		return altered
	})
}

func instead(alter func([]byte) []byte) func(*shelf, kind, reply) reply {
	return func(_ *shelf, _ kind, honest reply) reply {
		honest = withBody(honest)
		honest.body = alter(honest.body)
		return honest
	}
}

func saying(body string) func(*shelf, kind, reply) reply {
	return func(_ *shelf, _ kind, honest reply) reply {
		return reply{status: okay(honest), header: honest.header, body: []byte(body)}
	}
}

func coded(coding string) func(*shelf, kind, reply) reply {
	return func(_ *shelf, _ kind, honest reply) reply {
		honest = withBody(honest)
		honest.header = http.Header{"Content-Encoding": {coding}}
		return honest
	}
}

func hinting(times int) func(*shelf, kind, reply) reply {
	return func(_ *shelf, _ kind, honest reply) reply {
		honest.early = times
		return honest
	}
}

// withBody is an answer that has one, where an honest one may be 204.
func withBody(honest reply) reply {
	honest.status = okay(honest)
	if len(honest.body) == 0 {
		honest.body = []byte(`{"note":"nothing is left of it"}`)
	}
	return honest
}

func okay(honest reply) int {
	if honest.status == http.StatusNoContent {
		return http.StatusOK
	}
	return honest.status
}

// bomb is made of equal members, as gzip allows (RFC 1952, section 2.2).
var bomb = sync.OnceValue(func() []byte {
	var member bytes.Buffer
	w := gzip.NewWriter(&member)
	_, _ = w.Write(make([]byte, 1<<20))
	_ = w.Close()
	return bytes.Repeat(member.Bytes(), enough>>20)
})
