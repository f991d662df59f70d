package refserver

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// Bounds on the bodies of requests, in bytes. A group may come with a hundred
// thousand members.
const (
	maxBody      = 1 << 20
	maxGroupBody = 16 << 20
)

// Media types of the two interfaces, for bodies and answers. Both read both.
const (
	scimMedia  = "application/scim+json"
	adminMedia = "application/json"
)

// readBody reads the JSON object that a SCIM request carries.
func readBody(r *http.Request, most int64) (*resource.Object, error) {
	return readBodyBy(resource.Read, r, most, scimMedia)
}

// body is the JSON object that the request carries.
func (a *visit) body() (*resource.Object, error) {
	return readBodyBy(resource.Read, a.Request, maxBody, adminMedia)
}

// readResource reads the body of a POST or PUT. The members of a group are kept as
// memberships and not as an attribute. There may be very many: each becomes an id
// as it comes in, and nothing else of it is held.
func readResource(r *http.Request, col collection) (body *resource.Object, members []string, err error) {
	if col.kind != store.Group {
		body, err = readBody(r, col.body)
		return body, nil, err
	}
	body, err = readBodyBy(func(r io.Reader) (*resource.Object, error) {
		return resource.ReadEach(r, "members", func(v resource.Value) error {
			id, err := memberID(v)
			if id != "" {
				members = append(members, id)
			}
			return err
		})
	}, r, col.body, scimMedia)
	if err != nil {
		return nil, nil, err
	}
	if rest := body.Get("members"); rest != nil {
		if _, list := rest.(resource.List); !list {
			return nil, nil, badValue("members: an array is expected")
		}
	}
	return body, members, nil
}

func readBodyBy(read func(io.Reader) (*resource.Object, error), r *http.Request, most int64, wanted string) (*resource.Object, error) {
	if err := checkMediaType(r.Header, wanted); err != nil {
		return nil, err
	}
	if r.ContentLength > most {
		return nil, tooLarge(most)
	}
	o, err := read(http.MaxBytesReader(nil, r.Body, most))
	var large *http.MaxBytesError
	var refused *problem
	switch {
	case errors.As(err, &large):
		return nil, tooLarge(most)
	case errors.As(err, &refused):
		return nil, refused
	case err != nil:
		return nil, badSyntax("the body cannot be read: %v", err)
	}
	return o, nil
}

func tooLarge(most int64) error {
	return problemf(http.StatusRequestEntityTooLarge, "", "the body has more than %d bytes", most)
}

// checkMediaType accepts SCIM's media type and plain JSON, whatever parameters
// stand beside them: Okta's tests send both (documented). wanted is the one of the
// two that it asks for.
func checkMediaType(h http.Header, wanted string) error {
	if c := h.Get("Content-Encoding"); c != "" && !strings.EqualFold(c, "identity") {
		return problemf(http.StatusUnsupportedMediaType, "", "a body in %s encoding is not read", c)
	}
	given := h.Get("Content-Type")
	if given == "" {
		return nil
	}
	// A parameter that cannot be read does not matter; the type before it does.
	switch kind, _, _ := mime.ParseMediaType(given); kind {
	case scimMedia, adminMedia:
		return nil
	}
	return problemf(http.StatusUnsupportedMediaType, "", "%s is expected, not %s", wanted, given)
}

// writable makes of a body what is kept of it: the attributes that clients may
// write, in the spelling of their definitions, without the unassigned. It alters body.
func writable(body *resource.Object, t schema.Type) (*resource.Object, error) {
	if err := checkSchemas(body, t); err != nil {
		return nil, err
	}
	return clean(body, t)
}

func clean(r *resource.Object, t schema.Type) (*resource.Object, error) {
	if resource.Compact(r) == nil {
		r = &resource.Object{}
	}
	t.Spell(r)
	if err := t.Check(r); err != nil {
		return nil, badValue("%v", err)
	}
	t.DropReadOnly(r)
	return r, nil
}

// checkSchemas wants the base schema named (RFC 7643, sections 3 and 3.3). The
// extensions in use are seen by their blocks.
func checkSchemas(body *resource.Object, t schema.Type) error {
	list, ok := body.Get("schemas").(resource.List)
	if !ok || len(list) == 0 {
		return badSyntax("schemas is to be an array with %s", t.Base.ID)
	}
	named := false
	for _, s := range list {
		text, isText := s.(string)
		if !isText {
			return badSyntax("schemas has an element that is no string")
		}
		named = named || strings.EqualFold(text, t.Base.ID)
	}
	if !named {
		return badSyntax("schemas does not name %s", t.Base.ID)
	}
	return nil
}

// object makes an object of names and values in turn.
func object(pairs ...any) *resource.Object {
	o := &resource.Object{}
	for i := 0; i < len(pairs); i += 2 {
		o.Set(pairs[i].(string), pairs[i+1])
	}
	return o
}

func integer(n int) resource.Number { return resource.Number(strconv.Itoa(n)) }
