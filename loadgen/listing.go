package loadgen

import "fmt"

// A listing is how far a list was read, page by page. It ends every list: one that
// does not move on, one that grows while it is read, as nobody writes any more, and
// one that is longer than anybody's. It is pure.
type listing struct {
	what    string // accounts or groups
	size    int    // of a page, as asked
	most    int    // that are read at all
	from    int    // the first of the next page
	total   int    // at first; the target's
	shown   int
	firstID string // of the last page
}

// mostListed is how many accounts or groups of others are read beside the run's, at a
// server that others use too. Okta's import has no documented limit; the mock's takes
// as many.
const mostListed = 1_000_000

func newListing(what string, size, ours int) listing {
	return listing{what: what, size: size, most: mostListed + 3*ours, from: 1}
}

// after takes in a page, and says whether it was the last. An error of the target's
// conduct is a *conduct.
func (l *listing) after(came, total int, firstID string) (last bool, err error) {
	switch {
	case l.from == 1:
		l.total = total
	case came > 0 && firstID == l.firstID:
		return false, l.conduct("does not move on: from %d on it shows id %q once more", l.from, cut(firstID))
	case total > 2*l.total+l.size:
		return false, l.conduct("grows while it is read: totalResults was %d at first, and is %d from %d on", l.total, total, l.from)
	}
	l.firstID = firstID
	l.shown += came
	l.from += came
	switch {
	case came == 0 || l.from > total:
		return true, nil
	case l.shown > 2*l.total+l.size:
		return false, l.conduct("does not end: %d were shown of %d", l.shown, l.total)
	case l.shown > l.most:
		return false, fmt.Errorf("the list of %s is longer than %d, and no more are read", l.what, l.most)
	}
	return false, nil
}

func (l *listing) conduct(format string, args ...any) error {
	return &conduct{fmt.Errorf("the list of %s "+format, append([]any{l.what}, args...)...)}
}
