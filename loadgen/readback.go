package loadgen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/scimproof/scimproof/mockokta/scim"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// A census reads the directory back and compares it with the plan. It looks with
// the suite's own eyes, in plain SCIM. What the list shows is a suspicion only:
// a list may change while it is paged (RFC 7644, section 3.4.2.4), so that every
// account is looked at by itself before it is called lost or wrong.
type census struct {
	dialogues Dialogues
	mark      string                         // in the name of everybody of the run
	eyes      func(wire.Subject) target.Eyes // about one subject
	fates     []fate
	made      *ids // as the creates were answered

	seen *ids // as the list shows them

	mu       sync.Mutex
	leftOut  bool            // the pages do not show everybody
	twins    map[string]bool // ids that were counted as second accounts
	readback evidence.Readback
}

const (
	pageSize     = 100 // what Okta asks for when it imports (documented)
	examplesKept = 20
	atATime      = 8
)

// read lists every account, page by page, then looks into what is suspicious.
// An error means that the reading is not complete.
func (c *census) read(ctx context.Context) error {
	c.seen = newIDs(c.dialogues.People.Size)
	suspects, err := c.list(ctx)
	if err != nil {
		return err
	}
	suspicious := func(n int) bool { return suspects[n] || c.fates[n].known() && c.seen.of(n) == "" }
	if err := c.lookAt(ctx, suspicious); err != nil || !c.leftOut {
		return err
	}
	// Pages that leave somebody out may leave out anybody's second account.
	return c.lookAt(ctx, func(n int) bool { return !suspicious(n) && c.fates[n].known() })
}

// lookAt looks at those one by one.
func (c *census) lookAt(ctx context.Context, those func(n int) bool) error {
	looks, ctx := errgroup.WithContext(ctx)
	looks.SetLimit(atATime)
	for n := range c.fates {
		if those(n) {
			looks.Go(func() error { return c.look(ctx, n) })
		}
	}
	return looks.Wait()
}

// list reads the pages, and returns whose accounts do not look as planned.
func (c *census) list(ctx context.Context) (map[int]bool, error) {
	suspects := map[int]bool{}
	for start := 1; ; {
		page, total, err := c.page(ctx, start)
		if err != nil {
			return nil, err
		}
		c.readback.Pages++
		for _, account := range page {
			c.readback.Accounts++
			c.take(account, suspects)
		}
		start += len(page)
		if len(page) == 0 || start > total {
			return suspects, nil
		}
		if c.readback.Accounts > 2*total+pageSize {
			return nil, fmt.Errorf("the list of accounts does not end: %d were shown of %d", c.readback.Accounts, total)
		}
	}
}

// take compares one listed account, if it is ours.
func (c *census) take(account target.Resource, suspects map[int]bool) {
	name := account.Text("userName")
	n, ours := c.dialogues.People.Number(name)
	if !ours && strings.Contains(strings.ToLower(name), c.mark) {
		c.stranger(account)
	}
	if !ours {
		return
	}
	c.readback.Ours++
	before := c.seen.of(n)
	switch {
	case before == "":
		c.seen.put(n, account.ID())
		if c.differs(n, account) != "" || c.fates[n] == notBegun {
			suspects[n] = true
		}
	case before != account.ID():
		c.doubles(n, before, account.ID())
	}
}

// stranger counts an account that bears the run's mark and is nobody's of the
// plan: the target made it of its own.
func (c *census) stranger(account target.Resource) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readback.Wrong++
	if len(c.readback.Examples) < examplesKept {
		c.readback.Examples = append(c.readback.Examples, evidence.Difference{
			What: "wrong", Name: account.Text("userName"), ID: account.ID(), Why: "it bears the run's mark, and nobody of the plan has this userName",
		})
	}
}

// doubles counts a second account of one person, once, wherever it shows.
func (c *census) doubles(n int, first, second string) {
	c.mu.Lock()
	known := c.twins[second] || c.twins[first]
	if c.twins == nil {
		c.twins = map[string]bool{}
	}
	c.twins[second] = true
	c.mu.Unlock()
	if !known {
		c.found("doubled", n, second, "two accounts bear the userName, the other has id "+first)
	}
}

// look looks at one person's account by its userName, and by its id.
func (c *census) look(ctx context.Context, n int) error {
	name := c.dialogues.People.UserName(n)
	eyes := c.eyes(wire.Subject{Key: name, Name: name})
	found, _, err := eyes.UsersNamed(ctx, name)
	if err != nil {
		return err
	}
	id := c.made.of(n)
	if len(found) > 0 && !slices.ContainsFunc(found, func(r target.Resource) bool { return r.ID() == id }) {
		id = found[0].ID()
	}
	for _, one := range found {
		if one.ID() != id {
			c.doubles(n, id, one.ID())
		}
	}
	if id == "" {
		id = c.seen.of(n)
	}
	look, err := eyes.User(ctx, id)
	if err != nil {
		return err
	}
	c.judge(n, id, found, look)
	return nil
}

func (c *census) judge(n int, id string, found []target.Resource, look target.Look) {
	readable := look.OK() && look.Resource != nil
	listed := c.seen.of(n) != ""
	switch {
	case c.fates[n] == notBegun && readable:
		c.found("wrong", n, id, "there is an account for somebody whom Okta has not said anything about yet")
	case readable && c.differs(n, look.Resource) != "":
		c.found("wrong", n, id, c.differs(n, look.Resource))
	case !c.fates[n].known():
	case len(found) == 0 && !listed && !readable:
		c.found("lost", n, id, "neither listed, nor found by its userName, nor read by the id that the create was answered with")
	case len(found) == 0 && !listed:
		c.found("wrong", n, id, "read by its id, but neither listed nor found by its userName")
	case !readable:
		c.found("wrong", n, id, "listed or found, but not read by its id: "+look.String())
	case !listed:
		c.note("some accounts were left out of the pages and found one by one")
		c.mu.Lock()
		c.leftOut = true
		c.mu.Unlock()
	}
}

// differs says what of an account is not as planned, "" when nothing is. Names
// of members and userNames are compared without regard to letter case, and so are
// addresses, which servers may fold. externalId counts where it is shown.
func (c *census) differs(n int, account target.Resource) string {
	want := c.dialogues.Account(n)
	active, known := account.Active()
	externalID, shown := account.Get("externalId").(string)
	switch {
	case !strings.EqualFold(account.Text("userName"), want.UserName):
		return fmt.Sprintf("userName: want %s, got %s", want.UserName, account.Text("userName"))
	case account.Text("name", "givenName") != want.GivenName:
		return fmt.Sprintf("name.givenName: want %q, got %q", want.GivenName, account.Text("name", "givenName"))
	case account.Text("name", "familyName") != want.FamilyName:
		return fmt.Sprintf("name.familyName: want %q, got %q", want.FamilyName, account.Text("name", "familyName"))
	case !holds(account, want):
		return fmt.Sprintf("emails: want %s, got %v", want.Email, account.Values("emails"))
	case !known || !active:
		return fmt.Sprintf("active: want true, got %v", account.Get("active"))
	case shown && externalID != want.ExternalID:
		return fmt.Sprintf("externalId: want %s, got %s", want.ExternalID, externalID)
	case c.made.of(n) != "" && c.made.of(n) != account.ID():
		return fmt.Sprintf("id: the create was answered with %s, and the account has %s", c.made.of(n), account.ID())
	}
	return ""
}

func holds(account target.Resource, want scim.User) bool {
	for _, address := range account.Values("emails") {
		if strings.EqualFold(address, want.Email) {
			return true
		}
	}
	return false
}

func (c *census) found(what string, n int, id, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch what {
	case "lost":
		c.readback.Lost++
	case "doubled":
		c.readback.Doubled++
	default:
		c.readback.Wrong++
	}
	if len(c.readback.Examples) < examplesKept {
		c.readback.Examples = append(c.readback.Examples, evidence.Difference{
			What: what, Name: c.dialogues.People.UserName(n), ID: id, Why: why,
		})
	}
}

func (c *census) note(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, known := range c.readback.Notes {
		if known == s {
			return
		}
	}
	c.readback.Notes = append(c.readback.Notes, s)
}

// page reads one page of accounts, from the start-th on.
func (c *census) page(ctx context.Context, start int) (accounts []target.Resource, total int, err error) {
	look, err := c.eyes(wire.Subject{}).Page(ctx, start, pageSize)
	if err != nil {
		return nil, 0, fmt.Errorf("read the accounts from %d on: %w", start, err)
	}
	if !look.OK() {
		return nil, 0, fmt.Errorf("read the accounts from %d on: %s", start, look)
	}
	return readPage(look.Resource)
}

// readPage reads a ListResponse (RFC 7644, section 3.4.2).
func readPage(list target.Resource) ([]target.Resource, int, error) {
	number, _ := list.Get("totalResults").(json.Number)
	total, err := strconv.Atoi(number.String())
	if err != nil {
		return nil, 0, errors.New("a list of accounts whose totalResults is no number")
	}
	members, _ := list.Get("Resources").([]any)
	var accounts []target.Resource
	for _, m := range members {
		account, _ := m.(map[string]any)
		accounts = append(accounts, account)
	}
	return accounts, total, nil
}
