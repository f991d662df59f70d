package target

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"path"
	"reflect"
	"slices"
	"sort"
	"strings"
)

// A Resource is a SCIM resource as the target sent it: decoded JSON, numbers
// kept as they were written.
type Resource map[string]any

// Read decodes a body that is to be one SCIM resource, or a list of them. The error
// says in a few words what it is instead.
func Read(body []byte) (Resource, error) { return decodeResource(body) }

func decodeResource(text []byte) (Resource, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var r Resource
	if err := d.Decode(&r); err != nil {
		return nil, fmt.Errorf("a body that is no JSON object: %w", err)
	}
	if r == nil {
		return nil, fmt.Errorf("null in place of a JSON object")
	}
	return r, nil
}

// Get returns the value at a path of attribute names, nil where there is none.
// Names are compared without regard to case (RFC 7643, section 2.1).
func (r Resource) Get(path ...string) any {
	var at any = map[string]any(r)
	for _, name := range path {
		object, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = member(object, name)
	}
	return at
}

func member(object map[string]any, name string) any {
	if v, ok := object[name]; ok {
		return v
	}
	for k, v := range object {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return nil
}

// Set gives the resource a member, in place of one whose name differs in letter
// case alone.
func (r Resource) Set(name string, value any) {
	for k := range r {
		if strings.EqualFold(k, name) {
			delete(r, k)
		}
	}
	r[name] = value
}

// IsList says that an answer is a list and no resource (RFC 7644, section 3.4.2):
// it has no id, and says how many there are.
func (r Resource) IsList() bool { return r.Get("id") == nil && r.Get("totalResults") != nil }

// Text returns the string at a path, "" where there is none.
func (r Resource) Text(path ...string) string {
	s, _ := r.Get(path...).(string)
	return s
}

// ID is the resource's id, "" when it is missing or no string (RFC 7643,
// section 3.1, wants a string).
func (r Resource) ID() string { return r.Text("id") }

// Active reads an account's active flag. known is false when the attribute is
// missing or no JSON boolean: Okta needs it to be there and to be one (Okta,
// preparing a SCIM integration, documented; RFC 7643, section 2.3.2).
func (r Resource) Active() (active, known bool) {
	active, known = r.Get("active").(bool)
	return active, known
}

// Values lists the "value" of each element of a multi-valued attribute, sorted,
// doubled ones kept: an account's email addresses, a group's members. An element
// whose value is no string stands for itself, as JSON, and a number as one: it is
// there, and it is nothing that anybody asked for (RFC 7643, sections 2.4 and 4.2: an
// id is a string, and its digits alone are another value).
func (r Resource) Values(attribute string) []string {
	list, _ := r.Get(attribute).([]any)
	values := []string{}
	for _, element := range list {
		value := element
		if object, ok := element.(map[string]any); ok {
			if v := member(object, "value"); v != nil {
				value = v
			}
		}
		switch v := value.(type) {
		case string:
			values = append(values, v)
		case json.Number:
			values = append(values, "the number "+v.String())
		default:
			values = append(values, show(v))
		}
	}
	sort.Strings(values)
	return values
}

// Lists says whether a URN is among the resource's schemas, in any letter case.
func (r Resource) Lists(urn string) bool {
	schemas, _ := r.Get("schemas").([]any)
	return slices.ContainsFunc(schemas, func(s any) bool {
		text, ok := s.(string)
		return ok && strings.EqualFold(text, urn)
	})
}

// Unassigned says whether a value is none: absent, null, or empty (RFC 7643,
// section 2.5). Empty text is taken for none too: it is one of the forms in which
// an emptied value may travel.
func Unassigned(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// Same says whether two values are one: of the same type, numbers by their value
// (2.5 is 2.50), lists in any order (RFC 7643, section 2.4).
func Same(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && (a == b || sameNumber(a.String(), b.String()))
	case []any:
		b, ok := b.([]any)
		return ok && slices.Equal(canonicalList(a), canonicalList(b))
	}
	return reflect.DeepEqual(a, b)
}

// sameNumber compares to 512 bits, which bounds what a number of a thousand digits
// costs.
func sameNumber(a, b string) bool {
	x, _, err := big.ParseFloat(a, 10, 512, big.ToNearestEven)
	y, _, errToo := big.ParseFloat(b, 10, 512, big.ToNearestEven)
	return err == nil && errToo == nil && x.Cmp(y) == 0
}

// Show is a value as text, for people: as JSON, or "absent".
func Show(v any) string { return show(v) }

// References lists the ids of what a multi-valued attribute refers to, by value or
// else by the last part of $ref (RFC 7643, section 2.4), and counts the elements that
// have neither.
func (r Resource) References(attribute string) (ids []string, unknown int) {
	list, _ := r.Get(attribute).([]any)
	for _, element := range list {
		o, _ := element.(map[string]any)
		id := Resource(o).Text("value")
		if ref := Resource(o).Text("$ref"); id == "" && ref != "" {
			id, _ = url.PathUnescape(path.Base(ref)) // what cannot be unescaped is no id of ours
		}
		if id == "" {
			unknown++
			continue
		}
		ids = append(ids, id)
	}
	return ids, unknown
}

// restless are the attributes that the server keeps for itself and may write
// whenever it likes (RFC 7643, section 3.1).
var restless = []string{"meta"}

// standard are the attributes that RFC 7643 defines for accounts and groups
// (sections 3.1, 4.1, 4.2 and 4.3), in lower case. What a server keeps beside
// them may change whenever it likes: a counter, a time of last use. groups is not
// among them: the server writes it (section 4.1.2), as its own rules have it.
var standard = []string{
	"schemas", "id", "externalid", "meta", "username", "name", "displayname", "nickname", "profileurl", "title",
	"usertype", "preferredlanguage", "locale", "timezone", "active", "emails", "phonenumbers", "ims", "photos",
	"addresses", "entitlements", "roles", "x509certificates", "members",
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:user",
}

// Unmapped lists the attributes of a resource that are not among the known ones
// nor below them, by dotted path in lower case, each with its value as JSON, in
// which a text is not the number that it spells.
func Unmapped(r Resource, known ...string) map[string]string {
	rest := map[string]string{}
	for path, value := range flatten(r) {
		if !under(path, known) {
			rest[path] = show(value)
		}
	}
	return rest
}

// Differences lists what differs between two looks at one resource, as
// sentences in order of attribute: an empty list means that it is as it was.
// The order of members and of values has no meaning (RFC 7643, sections 2.4 and
// 2.5), nor do attributes that are null or empty (section 2.5: the same as
// absent), nor the letter case of names. Attributes named in except, as
// lower-case dotted paths, may differ, with all that is below them, and so may
// whatever the RFC does not define.
func Differences(before, after Resource, except ...string) []string {
	a, b := flatten(before), flatten(after)
	var paths []string
	for path := range a {
		paths = append(paths, path)
	}
	for path := range b {
		if _, both := a[path]; !both {
			paths = append(paths, path)
		}
	}
	sort.Strings(paths)
	var found []string
	for _, path := range paths {
		if !under(path, standard) || under(path, restless) || under(path, except) || reflect.DeepEqual(a[path], b[path]) {
			continue
		}
		found = append(found, fmt.Sprintf("%s was %s and is %s", path, show(a[path]), show(b[path])))
	}
	return found
}

func under(path string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return path == root || strings.HasPrefix(path, root+".")
	})
}

// flatten maps each dotted path to its leaf; a list is one leaf, in a canonical
// order.
func flatten(r Resource) map[string]any {
	leaves := map[string]any{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case nil:
		case map[string]any:
			for name, value := range v {
				walk(strings.TrimPrefix(path+"."+strings.ToLower(name), "."), value)
			}
		case []any:
			if len(v) > 0 {
				leaves[path] = canonicalList(v)
			}
		default:
			leaves[path] = v
		}
	}
	walk("", map[string]any(r))
	return leaves
}

// canonicalList has each element as JSON, in an order of its own: that of values
// has no meaning at any depth.
func canonicalList(list []any) []string {
	var texts []string
	for _, v := range list {
		text, _ := json.Marshal(canonical(v))
		texts = append(texts, string(text))
	}
	sort.Strings(texts)
	return texts
}

// canonical is a value in which names are in lower case, lists in order, and null
// is absent.
func canonical(v any) any {
	switch v := v.(type) {
	case map[string]any:
		lowered := map[string]any{}
		for name, value := range v {
			if value != nil {
				lowered[strings.ToLower(name)] = canonical(value)
			}
		}
		return lowered
	case []any:
		var sorted []json.RawMessage
		for _, text := range canonicalList(v) {
			sorted = append(sorted, json.RawMessage(text))
		}
		return sorted
	}
	return v
}

func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "absent"
	case []string:
		return "[" + strings.Join(v, ",") + "]"
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
