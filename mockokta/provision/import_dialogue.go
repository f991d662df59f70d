package provision

import (
	"fmt"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// A Listing is one of the two lists that an import reads.
type Listing string

// The two lists, as their paths have them.
const (
	Users  Listing = "Users"
	Groups Listing = "Groups"
)

// A Page is what one answer of an import brought.
type Page struct {
	Of        Listing
	From      int // the startIndex that was asked for
	Resources []scim.Resource
}

// A Reading is how far Okta has come in reading a target's lists, as a value: the
// next request, and what follows from its answer. It keeps numbers, and nothing of
// what it read. Both dialects read alike.
//
// Source: Okta SCIM 2.0 reference: pages of 100, startIndex + 100 while fewer than
// totalResults were seen (documented); log of a real org: /Users alone while group
// import is off (observed). Which list comes first, and what follows a short page,
// no source settles: see [Knobs]. An empty page before totalResults were seen is read
// by some as the end of the list; here it ends the import with an error, since everybody
// whom a list leaves out without a word would lose the application (inference).
type Reading struct {
	knobs Knobs
	left  []Listing // the first is being read
	start int
	seen  int // resources of the list so far
	first int // what totalResults was on its first page
	most  int // what it was at most, on any page so far
	pages int // of the list so far
}

// ReadTarget is an import before its first request.
func ReadTarget(k Knobs, groups bool) Reading {
	r := Reading{knobs: k, left: []Listing{Users}, start: 1}
	switch {
	case groups && k.GroupsFirst:
		r.left = []Listing{Groups, Users}
	case groups:
		r.left = []Listing{Users, Groups}
	}
	return r
}

const (
	importPage = 100 // documented, and the same always
	// What an import reads at most, and how far totalResults may grow while it does:
	// Okta's own limits are not known, and these are ours, so that no target keeps an
	// import for ever.
	mostListed = 1_000_000
	growth     = 1_000
	// Where Okta goes on behind what came, how many pages may bring fewer than so many
	// each, on average: a target of pages of one is asked a hundred times, and not as
	// often as it has people.
	shortPages = 100
	fewAPage   = 10
)

// Done says whether all was read.
func (r Reading) Done() bool { return len(r.left) == 0 }

// Say is the next request.
func (r Reading) Say() scim.Request {
	if r.left[0] == Groups {
		return scim.ListGroups(r.start, importPage)
	}
	return scim.ListUsers(r.start, importPage)
}

// Hear reads the answer to Say. An error ends the import: it says what was asked and
// what was answered. Okta counts what came, and asks neither itemsPerPage nor
// startIndex of the answer, which a client has no use for (inference).
func (r Reading) Hear(a scim.Answer) (Page, Reading, error) {
	list, err := scim.ReadList(a)
	if err == nil {
		err = r.check(list)
	}
	if err != nil {
		return Page{}, r, r.ended(err)
	}
	p := Page{Of: r.left[0], From: r.start, Resources: list.Resources}
	return p, r.after(list), nil
}

// check refuses a page that cannot be one of a whole list. That Okta's client does so
// is inference; a list that ends early would have it take the application from
// everybody who is missing. So would one that has become shorter since one of its pages:
// whoever is gone has moved the others, and one of them was not seen.
func (r Reading) check(l scim.List) error {
	came, total := len(l.Resources), l.TotalResults
	past := r.start > 1 && r.start > total
	switch {
	case total < 0:
		return fmt.Errorf("totalResults is %d", total)
	case total > mostListed:
		return fmt.Errorf("totalResults is %d, and an import takes no more than %d", total, mostListed)
	case r.start > 1 && total > 2*r.first+growth:
		return fmt.Errorf("totalResults was %d at first and is %d now", r.first, total)
	case total < r.most:
		return fmt.Errorf("totalResults was %d before and is %d now", r.most, total)
	case came > importPage:
		return fmt.Errorf("the page has %d where %d were asked for", came, importPage)
	case came > total && !past:
		return fmt.Errorf("the page has %d, and totalResults is %d", came, total)
	case came > 0 && past:
		return fmt.Errorf("the page has %d, past the end: totalResults is %d", came, total)
	case r.pages >= shortPages && r.seen+came < min(fewAPage*(r.pages+1), total):
		return fmt.Errorf("%d pages brought %d of %d: fewer than %d a page", r.pages+1, r.seen+came, total, fewAPage)
	case came == 0 && r.seen < total:
		return fmt.Errorf("the page is empty, and totalResults is %d where %d came so far", total, r.seen)
	}
	return nil
}

func (r Reading) after(l scim.List) Reading {
	if r.start == 1 {
		r.first = l.TotalResults
	}
	r.most = max(r.most, l.TotalResults)
	r.seen += len(l.Resources)
	r.pages++
	switch {
	case r.seen >= l.TotalResults:
		r.left = r.left[1:]
		r.start, r.seen, r.first, r.most, r.pages = 1, 0, 0, 0, 0
	case r.knobs.StepByItems:
		r.start += len(l.Resources)
	default:
		r.start += importPage
	}
	return r
}

func (r Reading) ended(err error) error {
	return fmt.Errorf("asked for /%s from %d on: %w", r.left[0], r.start, err)
}

// Dialogue is the reading as a dialogue, for whoever plays dialogues. Each page goes
// to take before the next is asked for, and nothing else holds it; the error of take
// ends the import.
func (r Reading) Dialogue(take func(Page) error) Dialogue {
	if r.Done() {
		return said(End{})
	}
	return Dialogue{Say: r.Say(), Hear: func(a scim.Answer) Dialogue {
		page, next, err := r.Hear(a)
		if err == nil {
			if err = take(page); err != nil {
				err = r.ended(err)
			}
		}
		if err != nil {
			return broken(err)
		}
		return next.Dialogue(take)
	}}
}
