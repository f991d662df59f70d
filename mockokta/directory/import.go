package directory

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ImportSettings are the To Okta side of an application's provisioning tab, and the
// Import tab's. The zero value of each switch is off, as Okta has it.
type ImportSettings struct {
	// Groups is Import Groups: the target's groups are read after its people.
	Groups bool
	// ProfileSourcing lets the target be the source of the profiles of those who have
	// the application: what their accounts show is theirs in Okta, and who is inactive
	// there is deactivated here (Okta test plan C9359 to C9361: documented).
	ProfileSourcing bool
	// Match is what an account and a person have in common that are an exact match.
	Match ExactMatch
	// PartialMatch lets who has the first and the last name of an account match it, too.
	PartialMatch bool
	// ConfirmExact, ConfirmPartial and ConfirmNew let what an import brings be
	// confirmed by itself; ActivateNew activates whom a confirmation makes.
	ConfirmExact, ConfirmPartial, ConfirmNew, ActivateNew bool
	// Safeguard is how many in a hundred of those who have the application an import
	// may take it from; 0 means Okta's 20, and 100 is no safeguard.
	Safeguard int
}

// An ExactMatch is a criterion of Okta's (management API: documented).
type ExactMatch string

const (
	MatchUserName ExactMatch = "USERNAME" // the account's userName is the person's login; the default, also when empty
	MatchEmail    ExactMatch = "EMAIL"    // they have one email
)

// The app-level safeguard applies from 100 people on, at 20 % (Okta, import
// safeguards: documented; that exactly 20 % pass is inference). That it counts those,
// too, who lose the application since their source has them inactive is inference: the
// other reading would let one list deactivate everybody in Okta.
const (
	safeguardFrom    = 100
	safeguardPercent = 20
)

func (s ImportSettings) safeguard() int {
	if s.Safeguard == 0 {
		return safeguardPercent
	}
	return s.Safeguard
}

// An Account is what an import read of one person at the target.
type Account struct {
	ID       string // the target's
	UserName string
	Active   bool
	Profile  Profile // by the names of the application's profile, userName apart
	// Flaw is why Okta takes no account such as this from a list; "" for none.
	Flaw string
}

// An AccountGroup is what an import read of one group at the target.
type AccountGroup struct {
	ID, Name string
	Members  []string // the target's ids
}

// Links are what Okta knows of people at the target. They stand still while an import
// reads. The directory asks them while it is locked.
type Links interface {
	// PersonOf is whose account an id is.
	PersonOf(id string) (PersonID, bool)
	// AccountOf is the id of a person's account.
	AccountOf(PersonID) (string, bool)
	// GroupOf is the group that is pushed to an id.
	GroupOf(id string) (GroupID, bool)
	// AccountGroupOf is the id that a group is pushed to.
	AccountGroupOf(GroupID) (string, bool)
	// Mark is where it stands of somebody's account which import read it last, so that
	// no import needs a list of its own of whom it has read; nil for an id that is
	// nobody's.
	Mark(id string) *int
}

// An ImportResult is how an import ended, and what the Import tab shows of it.
type ImportResult struct {
	At time.Time
	// Reason is why it ended early, in a sentence: the directory is then as it was.
	Reason string

	Read     int // accounts that the target showed
	Inactive int // of these; they are not imported (documented)
	Scanned  int // the others (observed: 8 returned, 7 scanned)

	Imported  int // accounts that Okta met for the first time
	Updated   int // accounts or people who are another than at the last import
	Unchanged int
	Exact     int // accounts that wait for confirmation, by whom they match
	Partial   int
	None      int
	Ignored   int // that an administrator said are to be left alone

	Confirmed   int // by themselves, as the settings have it
	Removed     int // people whom the application was taken from, since their accounts are gone
	Deactivated int // people who are inactive at the target that is their source

	GroupsRead, GroupsImported, GroupsUpdated, GroupsRemoved int

	// Remarks are sentences about what was left out.
	Remarks []string
	Discrepancies
}

// imports is what an application keeps of its imports.
type imports struct {
	settings ImportSettings
	last     *ImportResult
	waiting  shelf[string, *Imported]
	groups   importedGroups
	// confirmed is who has which account, as was said since the last import began.
	confirmed map[string]*confirmation
}

// An Imported is an account that an import brought and nobody in Okta has yet.
type Imported struct {
	Account
	Match   Match
	Person  PersonID // whom it matches; "" for none
	Ignored bool

	read int // the import that read it last
}

// An ImportedGroup is a group of the target's in Okta, an APP_GROUP. Its members are
// the accounts with these ids.
type ImportedGroup struct {
	ID      GroupID // Okta's
	Target  string  // the target's
	Name    string
	Members []string

	Created, LastUpdated, LastMembershipUpdated time.Time // in Okta
}

// An Import is what a running import has read so far. The directory is as it was
// until [Import.Commit].
type Import struct {
	*Directory
	app   *app
	links Links
	hide  func(string) string // takes secrets out of what a target said
	nth   int                 // of the directory's imports
	// strangers are ids of accounts that were read and that Okta keeps nothing of.
	strangers map[string]bool
	taken     map[PersonID]bool // matched by an account of this import
	// names and mails have everybody by what a match looks at; nil until it does.
	names map[string]PersonID
	mails map[string]PersonID

	waits    []arrival
	matches  []matched // of waits, once all was read
	sourced  []sourced
	groups   []AccountGroup
	groupIDs map[string]bool
	kept     int // bytes of all these
	result   ImportResult
}

// An arrival is an account that nobody in Okta has.
type arrival struct {
	*Imported      // the very one that waits already, where nothing about the account is new
	known     bool // an import brought it before
}

// A sourced is somebody who was another than their account when it was read.
type sourced struct {
	person  PersonID
	account Account
}

// BeginImport is Import Now. It is a Conflict where the application does not provision.
// What the import tells in the target's words goes through hide, which takes out what
// nobody shall read.
func (d *Directory) BeginImport(id AppID, links Links, hide func(string) string) (*Import, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	if !a.Provisions() {
		return nil, &Conflict{What: "import", Why: "provisioning is not enabled for this application"}
	}
	a.linked(links)
	d.begun++
	return &Import{
		Directory: d, app: a, links: links, hide: hide, nth: d.begun, strangers: map[string]bool{}, taken: map[PersonID]bool{}, groupIDs: map[string]bool{},
		result: ImportResult{At: d.now()},
	}, nil
}

// Settings are those of the application.
func (i *Import) Settings() ImportSettings {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.app.imports.settings
}

// Accounts takes a page of people. An error ends the import: no id, or one that came
// before, or more than an import keeps. Okta says that people are lost or doubled then (documented); that it stops
// is inference, and takes the application from nobody for a list that is none.
func (i *Import) Accounts(page []Account) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, acc := range page {
		if err := once(i.seen(acc.ID), acc.ID, "user", acc.UserName); err != nil {
			return err
		}
		i.see(acc.ID)
		i.account(acc)
	}
	return i.light()
}

func once(again bool, id, what, name string) error {
	if id == "" {
		return fmt.Errorf("a %s has no id: %q", what, cut(name))
	}
	if again {
		return fmt.Errorf("the %s %q came before: the list has it twice", what, cut(id))
	}
	return nil
}

// seen says whether this import has read an account.
func (i *Import) seen(id string) bool {
	mark := i.mark(id)
	return mark != nil && *mark == i.nth || i.strangers[id]
}

func (i *Import) see(id string) {
	if mark := i.mark(id); mark != nil {
		*mark = i.nth
		return
	}
	i.strangers[id] = true
	i.keeps(len(id))
}

// mark is where it stands of an account which import read it last; nil for one that
// Okta keeps nothing of.
func (i *Import) mark(id string) *int {
	if mark := i.links.Mark(id); mark != nil {
		return mark
	}
	if c := i.app.imports.confirmed[id]; c != nil {
		return &c.read
	}
	if w := i.app.imports.waiting.byID[id]; w != nil {
		return &w.read
	}
	return nil
}

func (i *Import) account(acc Account) {
	r := &i.result
	r.Read++
	person, linked := i.links.PersonOf(acc.ID)
	if !linked {
		person, linked = i.app.confirmedAs(acc.ID)
	}
	if linked {
		i.linked(person, acc)
	}
	if !acc.Active {
		r.Inactive++
		if !linked {
			r.found(Discrepancy{Where: OnlyAtTarget, ID: acc.ID, Name: acc.UserName, What: "an inactive account that nobody in Okta has"})
		}
		return
	}
	r.Scanned++
	switch {
	case linked:
	case acc.Flaw != "":
		r.remark("the user %q is not imported: %s", cut(acc.ID), acc.Flaw)
	default:
		w := i.wait(acc)
		i.keeps(w.weight())
		i.waits = append(i.waits, w)
	}
}

func (i *Import) wait(acc Account) arrival {
	before := i.app.imports.waiting.byID[acc.ID]
	if before != nil && before.UserName == acc.UserName && sameProfile(before.Profile, acc.Profile) {
		return arrival{before, true}
	}
	return arrival{&Imported{Account: acc, read: i.nth}, before != nil}
}

// linked compares an account with its person, and lets the person follow it where the
// target is the source.
func (i *Import) linked(id PersonID, acc Account) {
	as, p := i.app.assigned[id], i.people.byID[id]
	if as == nil || p == nil {
		return
	}
	if what := as.differs(*p, acc); what != "" {
		i.result.found(Discrepancy{Where: Differs, Person: id, ID: acc.ID, Name: acc.UserName, What: what})
	}
	if !i.app.imports.settings.ProfileSourcing || !p.Status.working() {
		if acc.Active {
			i.result.Unchanged++
		}
		return
	}
	if acc.Active && sameProfile(as.going().toOkta(acc.Profile, p.Profile), p.Profile) {
		i.result.Unchanged++
		return
	}
	i.keeps(acc.weight())
	i.sourced = append(i.sourced, sourced{id, acc})
}

// missing are the people whose accounts are gone.
func (i *Import) missing() (gone []PersonID, had int) {
	for _, id := range i.app.people() {
		at, linked := i.links.AccountOf(id)
		if !linked {
			continue
		}
		had++
		if !i.seen(at) {
			gone = append(gone, id)
		}
	}
	return gone, had
}

// stopped is what the safeguard says; "" when nothing.
func (s ImportSettings) stopped(gone, had int) string {
	if had < safeguardFrom || 100*gone <= s.safeguard()*had {
		return ""
	}
	return fmt.Sprintf("the import would take the application from %d of %d people, more than the safeguard's %d %%", gone, had, s.safeguard())
}

// End ends an import early: nothing of it is kept but the reason.
func (i *Import) End(reason error) ImportResult {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.result = ImportResult{At: i.result.At, Reason: reason.Error(), Read: i.result.Read, GroupsRead: i.result.GroupsRead}
	return i.ended()
}

func (i *Import) ended() ImportResult {
	i.result.discreetly(i.hide)
	i.log(importStarted, i.app.target())
	i.write(importRoadblock, i.result.Reason, []LogTarget{i.app.target()})
	last := i.result
	i.app.imports.last = &last
	return i.result
}

// Commit makes the directory follow what was read, unless the safeguard stops it. It
// returns what that means for the targets.
func (i *Import) Commit() (ImportResult, []Effect) {
	i.mu.Lock()
	defer i.mu.Unlock()
	gone, had := i.missing()
	follow, leave := i.following()
	i.matchAll()
	i.compareOkta()
	if why := i.app.imports.settings.stopped(len(gone)+leave, had); why != "" {
		i.result = ImportResult{At: i.result.At, Reason: why, Read: i.result.Read, Inactive: i.result.Inactive, Scanned: i.result.Scanned, GroupsRead: i.result.GroupsRead, Discrepancies: i.result.Discrepancies}
		return i.ended(), nil
	}
	i.log(importStarted, i.app.target())
	i.join() // before what waits is another: it is there that it stands who was read
	effects := i.follow(follow)
	effects = append(effects, i.remove(gone)...)
	effects = append(effects, i.keep()...)
	i.keepGroups()
	i.log(importDone, i.app.target())
	i.result.discreetly(i.hide)
	last := i.result
	i.app.imports.last = &last
	return i.result, effects
}

// Compare is Commit that changes nothing: it tells what an existing set-up is to the
// application.
func (i *Import) Compare() Discrepancies {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.matchAll()
	i.compareOkta()
	i.result.discreetly(i.hide)
	return i.result.Discrepancies
}

// following are those who follow their accounts still, and how many of them leave: who
// was deactivated or lost the application while the lists were read has no source.
func (i *Import) following() (all []sourced, leave int) {
	for _, s := range i.sourced {
		if p := i.people.byID[s.person]; p == nil || !p.Status.working() || i.app.assigned[s.person] == nil {
			continue
		}
		all = append(all, s)
		if !s.account.Active {
			leave++
		}
	}
	return all, leave
}

// follow lets people be as their accounts are. The source hears nothing of it. What an
// account says nothing about is as it is now, and not as it was when the account was read.
func (i *Import) follow(all []sourced) []Effect {
	var effects []Effect
	for _, s := range all {
		p := i.people.byID[s.person]
		if !s.account.Active {
			effects = append(effects, elsewhere(i.app.ID, i.deactivate(p))...)
			effects = append(effects, Effect{i.app.ID, AccountGone{s.person}})
			i.result.Deactivated++
			continue
		}
		profile := i.app.assigned[s.person].going().toOkta(s.account.Profile, p.Profile)
		if sameProfile(profile, p.Profile) {
			i.result.Unchanged++ // by now
			continue
		}
		some, err := i.setProfile(p, profile)
		if err != nil {
			i.result.remark("the profile of %s stays as it is: %v", s.person, err)
			continue
		}
		i.log(importUpdated, p.target(), i.app.target())
		effects = append(effects, elsewhere(i.app.ID, some)...)
		i.result.Updated++
	}
	return effects
}

func elsewhere(id AppID, all []Effect) []Effect {
	return slices.DeleteFunc(all, func(e Effect) bool { return e.App == id })
}

// remove takes the application from those whose accounts are gone, without a word to
// the target. Who has it by a group keeps it, without an account, until they are
// provisioned again (inference).
func (i *Import) remove(gone []PersonID) []Effect {
	var effects []Effect
	for _, id := range gone {
		p, as := i.people.byID[id], i.app.assigned[id]
		switch by := i.assigningGroup(i.app, id); {
		case by == nil:
			i.unassign(i.app, p)
		case as.Scope == ScopeUser:
			i.convert(i.app, as, p, by, i.app.schema.personal(as.Own))
		}
		i.app.unconfirm(id)
		i.log(importDeleted, p.target(), i.app.target())
		effects = append(effects, Effect{i.app.ID, AccountGone{id}})
		i.result.Removed++
	}
	return effects
}

// keep is what waits for confirmation from now on, less what needs none.
func (i *Import) keep() []Effect {
	before := i.app.imports.waiting
	i.app.imports.waiting = shelf[string, *Imported]{made: before.made}
	var effects []Effect
	s := i.app.imports.settings
	for n, arrived := range i.waits {
		w, m := arrived.Imported, i.matches[n]
		_, confirmed := i.app.confirmedAs(w.ID)
		switch old := before.byID[w.ID]; {
		case confirmed || old == nil && arrived.known:
			i.result.Unchanged++ // somebody confirmed it while the list was read
			continue
		case old == nil:
			i.result.Imported++
			i.log(importCreated, w.target(i.hide), i.app.target())
		case old != w || m != (matched{w.Match, w.Person}):
			i.result.Updated++
			w.Ignored = old.Ignored
		default:
			i.result.Unchanged++
		}
		w.Match, w.Person = m.Match, m.person
		if s.confirms(w.Match) && !w.Ignored {
			c, err := i.confirm(i.app, w, w.Person)
			if err == nil {
				effects = append(effects, Effect{i.app.ID, c})
				i.result.Confirmed++
				continue
			}
			i.result.remark("the user %q waits for confirmation: %v", cut(w.ID), err)
		}
		i.app.imports.waiting.put(w.ID, w)
		i.result.count(w)
	}
	return effects
}

func (s ImportSettings) confirms(m Match) bool {
	switch m {
	case ExactlyMatched:
		return s.ConfirmExact
	case PartlyMatched:
		return s.ConfirmPartial
	}
	return s.ConfirmNew
}

func (r *ImportResult) count(w *Imported) {
	switch {
	case w.Ignored:
		r.Ignored++
	case w.Match == ExactlyMatched:
		r.Exact++
	case w.Match == PartlyMatched:
		r.Partial++
	default:
		r.None++
	}
}

// someRemarks are enough for a person to read; of many the rest is a number.
const someRemarks = 100

func (r *ImportResult) remark(format string, about ...any) {
	if len(r.Remarks) < someRemarks {
		r.Remarks = append(r.Remarks, fmt.Sprintf(format, about...))
	}
}

// discreetly hides what the target repeated of a secret.
func (r *ImportResult) discreetly(hide func(string) string) {
	r.Reason = hide(r.Reason)
	for n := range r.Remarks {
		r.Remarks[n] = hide(r.Remarks[n])
	}
	for n := range r.Found {
		d := &r.Found[n]
		d.ID, d.Name, d.What = hide(d.ID), hide(d.Name), hide(d.What)
	}
}

func (w *Imported) target(hide func(string) string) LogTarget {
	name := cut(w.UserName)
	return LogTarget{cut(hide(w.ID)), "AppUser", name, name}
}

// cut keeps what a person reads of a target's words.
func cut(s string) string {
	const enough = 200
	if len(s) <= enough {
		return s
	}
	return strings.ToValidUTF8(s[:enough], "") + "…"
}
