package wire

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A resource is what the guard reads of an account or a group: enough to know
// it again.
type resource struct{ kind, id, name string }

// readResources reads the resources in an answer, alone or in a list. Letter
// case in the names of members does not matter (RFC 7643, section 2.1), and an
// id that is a number counts as its digits: the guard would rather know too
// many records than too few. What is no JSON holds none.
func readResources(body []byte, at path) []resource {
	object := readObject(body)
	if object == nil {
		return nil
	}
	members, ok := member(object, "Resources").([]any)
	if !ok || text(member(object, "id")) != "" { // an account may have a member of that name
		members = []any{object}
	}
	var found []resource
	for _, m := range members {
		o, ok := m.(map[string]any)
		if !ok {
			continue
		}
		if r := readResource(o, at.kind); r.kind != "" && r.id != "" {
			found = append(found, r)
		}
	}
	return found
}

func readResource(o map[string]any, kind string) resource {
	if kind == "" {
		kind = kindOf(o)
	}
	return resource{kind: kind, id: text(member(o, "id")), name: nameIn(o, kind)}
}

// kindOf tells accounts from groups where the path does not: only an account
// has a userName.
func kindOf(o map[string]any) string {
	switch {
	case member(o, "userName") != nil:
		return evidence.User
	case member(o, "displayName") != nil:
		return evidence.Group
	}
	return ""
}

// nameIn is the name by which Okta knows a resource again: userName or
// displayName.
func nameIn(o map[string]any, kind string) string {
	if kind == evidence.Group {
		return text(member(o, "displayName"))
	}
	return text(member(o, "userName"))
}

// readName reads the name in the body of a create.
func readName(body []byte, kind string) string { return nameIn(readObject(body), kind) }

// readObject reads the first JSON object in a body, nil when there is none.
func readObject(body []byte) map[string]any {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var o map[string]any
	if dec.Decode(&o) != nil {
		return nil
	}
	return o
}

func member(o map[string]any, name string) any {
	if v, ok := o[name]; ok {
		return v
	}
	for key, v := range o {
		if strings.EqualFold(key, name) {
			return v
		}
	}
	return nil
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
