package scim

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// A Resource is an account or a group as the target shows it. It is whole: what
// Okta does not know is in it, and goes back to the target in a PUT.
type Resource struct{ members object }

// ID is the target's id.
func (r Resource) ID() string { return idOf(r.members.get("id")) }

// idOf is an id as the target writes it, of an account, of a group or of a member. A
// number is taken for its digits, as the JSON library of a Java client does
// (inference), and everywhere alike: a target whose ids are numbers has members of
// numbers.
func idOf(v any) string {
	raw, _ := v.(jsontext.Value)
	if raw.Kind() == '0' {
		return string(raw)
	}
	id, _ := textOf(raw)
	return id
}

// Active tells whether the account is active: it says so, by true.
func (r Resource) Active() bool {
	raw, _ := r.members.get("active").(jsontext.Value)
	return raw.Kind() == 't'
}

// Members returns a group's members, and whether the target lists them at all:
// in an answer they may be null or absent (documented).
func (r Resource) Members() ([]Member, bool) {
	list, ok := r.members.get("members").(array)
	members := make([]Member, 0, len(list))
	for _, e := range list {
		o, _ := e.(object)
		value := idOf(o.get("value"))
		display, _ := textOf(o.get("display"))
		if value != "" {
			members = append(members, Member{value, display})
		}
	}
	return members, ok
}

func (r Resource) schemas() array {
	v, _ := inner(r.members.get("schemas"))
	list, _ := v.(array)
	return list
}

// A List is a page of resources (RFC 7644, section 3.4.2).
type List struct {
	TotalResults, StartIndex, ItemsPerPage int
	Resources                              []Resource
}

// ReadList reads the answer to a list or a lookup. Anything but 200 is an [*Error].
//
// The numbers have to be JSON integers: with strings Okta gives up (observed,
// documented). That startIndex and itemsPerPage may be absent, as the RFC allows
// where nothing is paged, is inference. Keys in lower case are taken too
// (documented in an earlier revision).
func ReadList(a Answer) (List, error) {
	if a.Status != http.StatusOK {
		return List{}, refusal(a)
	}
	o, err := outline(a, "totalResults", "startIndex", "itemsPerPage", "Resources")
	if err != nil {
		return List{}, err
	}
	l := List{StartIndex: 1}
	for _, number := range []struct {
		to                *int
		name, inLowerCase string
	}{
		{&l.TotalResults, "totalResults", "totalresults"},
		{&l.StartIndex, "startIndex", "startindex"},
		{&l.ItemsPerPage, "itemsPerPage", "itemsperpage"},
	} {
		v := either(o, number.name, number.inLowerCase)
		if isNull(v) && number.name != "totalResults" {
			continue
		}
		if *number.to, err = integer(v); err != nil {
			return List{}, fmt.Errorf("the list's %s %w", number.name, err)
		}
	}
	list, err := inner(either(o, "Resources", "resources"))
	if err == nil {
		l.Resources, err = resources(list)
	}
	return l, err
}

func resources(v any) ([]Resource, error) {
	if isNull(v) {
		return nil, nil
	}
	list, ok := v.(array)
	if !ok {
		return nil, errors.New("the list's Resources are not an array")
	}
	found := make([]Resource, len(list))
	for i, e := range list {
		if found[i].members, ok = e.(object); !ok {
			return nil, errors.New("the list's Resources hold what is not an object")
		}
	}
	return found, nil
}

// FoundUser reads the answer to a lookup of an account. Okta takes the first
// resource it is given (inference from reports about servers that ignore a
// filter) and refuses one without schemas (observed). A 404 with a SCIM error is
// no match, as 200 with an empty list is (documented).
func FoundUser(a Answer) (account Resource, ok bool, err error) {
	account, ok, err = found(a)
	if ok {
		err = withSchemas(account)
	}
	return account, ok && err == nil, err
}

// FoundGroup reads the answer to a lookup of a group, which may lack schemas:
// one of Okta's own samples does.
func FoundGroup(a Answer) (group Resource, ok bool, err error) { return found(a) }

func found(a Answer) (Resource, bool, error) {
	if a.Status == http.StatusNotFound && isSCIMError(a) {
		return Resource{}, false, nil
	}
	l, err := ReadList(a)
	if err != nil || len(l.Resources) == 0 {
		return Resource{}, false, err
	}
	first := l.Resources[0]
	if first.ID() == "" {
		return Resource{}, false, errNoID
	}
	return first, true, nil
}

// ReadUser reads the answer to GET of an account, without asking whether it is
// the right one, or one at all: Okta sends back a list that it was given in place
// of an account (observed).
func ReadUser(a Answer) (Resource, error) {
	r, err := resource(a)
	if err == nil {
		err = withSchemas(r)
	}
	return r, err
}

// ReadGroup reads the answer to GET of a group.
func ReadGroup(a Answer) (Resource, error) { return resource(a) }

// CreatedUser reads the answer to POST of an account, 201 or 200 (observed), and
// returns the target's id for it. An answer without a body, without schemas or
// without an id is an error (documented, observed, documented).
func CreatedUser(a Answer) (id string, err error) {
	r, err := created(a, "user")
	if err == nil {
		err = withSchemas(r)
	}
	if err != nil {
		return "", err
	}
	return r.ID(), nil
}

// CreatedGroup reads the answer to POST of a group, and returns the target's id
// for it.
func CreatedGroup(a Answer) (id string, err error) {
	r, err := created(a, "group")
	if err != nil {
		return "", err
	}
	return r.ID(), nil
}

func created(a Answer, what string) (Resource, error) {
	if err := Accepted(a); err != nil {
		return Resource{}, err
	}
	if len(a.Body) == 0 {
		return Resource{}, fmt.Errorf("returned empty %s", what)
	}
	o, err := outline(a, "id", "schemas")
	if err != nil {
		return Resource{}, err
	}
	r := Resource{o}
	if r.ID() == "" {
		return Resource{}, errNoID
	}
	return r, nil
}

// Accepted returns nil when the target did as it was told: any status of the
// 200s. A body is not looked at. Okta wants 200 or 204 for PATCH and 204 for
// DELETE (documented); a 204 to PUT is let pass (inference).
func Accepted(a Answer) error {
	if a.Status/100 == 2 {
		return nil
	}
	return refusal(a)
}

func resource(a Answer) (Resource, error) {
	if a.Status != http.StatusOK {
		return Resource{}, refusal(a)
	}
	o, err := body(a)
	return Resource{o}, err
}

var errNoID = errors.New("the resource in the answer has no id")

//lint:ignore ST1005 these are Okta's words
var errNoSchemas = errors.New("No schema's defined in scim user")

// withSchemas refuses a user without schemas, in Okta's words (observed: snipe-it
// issue 18864).
func withSchemas(r Resource) error {
	if len(r.schemas()) == 0 {
		return errNoSchemas
	}
	return nil
}

// body is the object that an answer carries.
func body(a Answer) (object, error) { return read(a, parseObject) }

// outline is body for who needs the members of these names, and little of them.
func outline(a Answer, names ...string) (object, error) {
	return read(a, func(b []byte) (object, error) { return parseOutline(b, names...) })
}

func read(a Answer, parse func([]byte) (object, error)) (object, error) {
	o, err := parse(a.Body)
	if err != nil {
		return nil, errors.New(unreadable(a.Body, err))
	}
	return o, nil
}

func isSCIMError(a Answer) bool {
	o, err := parseObject(a.Body)
	return err == nil && listed(Resource{o}.schemas(), errorSchema)
}

func either(o object, name, other string) any {
	if v := o.get(name); v != nil {
		return v
	}
	return o.get(other)
}

func integer(v any) (int, error) {
	raw, _ := v.(jsontext.Value)
	n, err := strconv.Atoi(string(raw))
	if err != nil {
		return 0, errors.New("is not an integer")
	}
	return n, nil
}
