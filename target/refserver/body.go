package refserver

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
)

// Bounds on the bodies of requests, in bytes. A group may come with a hundred
// thousand members.
const (
	maxBody      = 1 << 20
	maxGroupBody = 16 << 20
)

// readBody reads the JSON object that a request carries.
func readBody(r *http.Request, most int64) (*resource.Object, error) {
	if err := checkMediaType(r.Header); err != nil {
		return nil, err
	}
	if r.ContentLength > most {
		return nil, tooLarge(most)
	}
	o, err := resource.Read(http.MaxBytesReader(nil, r.Body, most))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, tooLarge(most)
	}
	if err != nil {
		return nil, badSyntax("the body cannot be read: %v", err)
	}
	return o, nil
}

func tooLarge(most int64) error {
	return problemf(http.StatusRequestEntityTooLarge, "", "the body has more than %d bytes", most)
}

// checkMediaType accepts SCIM's media type and plain JSON, whatever parameters
// stand beside them: Okta's tests send both (documented).
func checkMediaType(h http.Header) error {
	if c := h.Get("Content-Encoding"); c != "" && !strings.EqualFold(c, "identity") {
		return problemf(http.StatusUnsupportedMediaType, "", "a body in %s encoding is not read", c)
	}
	given := h.Get("Content-Type")
	if given == "" {
		return nil
	}
	// A parameter that cannot be read does not matter; the type before it does.
	switch kind, _, _ := mime.ParseMediaType(given); kind {
	case "application/scim+json", "application/json":
		return nil
	}
	return problemf(http.StatusUnsupportedMediaType, "", "application/scim+json is expected, not %s", given)
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
