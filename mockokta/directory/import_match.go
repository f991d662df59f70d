package directory

import (
	"maps"
	"reflect"
	"strings"
)

// A Match is how sure Okta is that an account is somebody's in Okta.
type Match string

const (
	NotMatched     Match = "NONE"
	PartlyMatched  Match = "PARTIAL" // first and last name
	ExactlyMatched Match = "EXACT"   // by the criterion of the settings
)

type matched struct {
	Match
	person PersonID
}

// matchAll finds whose the accounts are in Okta that nobody has: by the exact criterion
// first, whatever the order of the list. Nobody is found twice, nor who has another
// account, nor who is deactivated (inference). Letter case does not count, as in Okta's
// logins. Of several people with one name none is meant (inference).
//
// Source: Okta, match imported users (documented).
func (i *Import) matchAll() {
	s := i.app.imports.settings
	i.matches = make([]matched, len(i.waits))
	pass := func(m Match, find func(Account) *Person) {
		for n, w := range i.waits {
			if i.matches[n].person != "" {
				continue
			}
			if p := find(w.Account); i.free(p) {
				i.taken[p.ID] = true
				i.matches[n] = matched{m, p.ID}
			}
		}
	}
	pass(ExactlyMatched, func(acc Account) *Person { return i.exactly(s, acc) })
	if s.PartialMatch {
		pass(PartlyMatched, i.partly)
	}
	for n := range i.matches {
		if i.matches[n].person == "" {
			i.matches[n].Match = NotMatched
		}
	}
}

func (i *Import) free(p *Person) bool {
	if p == nil || p.Status == Deprovisioned || i.taken[p.ID] {
		return false
	}
	_, linked := i.accountOf(p.ID)
	return !linked
}

func (i *Import) exactly(s ImportSettings, acc Account) *Person {
	if s.Match != MatchEmail {
		p, _ := i.byLogin(acc.UserName)
		return p
	}
	if i.mails == nil {
		i.mails = i.index(func(p *Person) string { return strings.ToLower(text(p.Profile, "email")) })
	}
	return i.people.byID[i.mails[strings.ToLower(text(acc.Profile, "email"))]]
}

func (i *Import) partly(acc Account) *Person {
	if i.names == nil {
		i.names = i.index(func(p *Person) string { return nameKey(p.Profile, "firstName", "lastName") })
	}
	return i.people.byID[i.names[nameKey(acc.Profile, "givenName", "familyName")]]
}

func nameKey(p Profile, first, last string) string {
	if text(p, first) == "" || text(p, last) == "" {
		return ""
	}
	return strings.ToLower(text(p, first) + "\x00" + text(p, last))
}

// index has everybody by a key; nobody stands under one that two people have, nor
// under none.
func (i *Import) index(key func(*Person) string) map[string]PersonID {
	by := map[string]PersonID{}
	for p := range i.people.all {
		k := key(p)
		if _, ambiguous := by[k]; ambiguous || k == "" {
			by[k] = ""
			continue
		}
		by[k] = p.ID
	}
	return by
}

// toOkta is a person's profile as an account has it: each attribute that is mapped
// from one of Okta's, back to that one. What a person cannot be without stays, and so
// does the login (inference).
func (s *schema) toOkta(account, before Profile) Profile {
	after := Profile{}
	maps.Copy(after, before)
	for n, at := range s.attributes {
		name, isPlain := s.sources[n].expression.(attributeOf)
		if !isPlain || !at.Sent() {
			continue
		}
		v := account[at.Name]
		switch {
		case v != nil:
			after[string(name)] = v
		case name != "firstName" && name != "lastName" && name != "email":
			delete(after, string(name))
		}
	}
	return after
}

func sameProfile(p, q Profile) bool {
	some := func(p Profile) Profile {
		c := Profile{}
		for name, v := range p {
			if v != nil && v != "" {
				c[name] = v
			}
		}
		return c
	}
	return reflect.DeepEqual(some(p), some(q))
}
