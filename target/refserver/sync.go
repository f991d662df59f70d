package refserver

import (
	"slices"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// synced is what an IAM's attribute sync makes of an account's attributes: the
// provider's own attributes, each a list of strings under "prefix.attribute", and
// the usernames on data platforms that are mapped from them; nil when nothing
// comes of it. It is made at each write of the account, so that new settings take
// effect at the next push (an article of the provider's support: documented).
//
// That keys are in lower case and values lists of strings was seen in public
// code (observed). What the reference server chooses: an attribute within an
// attribute is named by its path, an empty prefix makes keys without one, rows
// with one prefix are merged, and an empty string is no value.
func synced(m store.IAM, attributes *resource.Object) *resource.Object {
	if !m.SyncAttributes {
		return nil
	}
	given := &resource.Object{}
	for _, row := range m.AttributeSchema {
		gather(given, strings.ToLower(row.Prefix), attributes.Object(row.URN))
	}
	elsewhere := &resource.Object{}
	for _, u := range m.ExternalUsernames {
		if values := given.List(strings.ToLower(u.Attribute)); len(values) > 0 {
			elsewhere.Set(schema.PlatformUser(u.Platform), values[0]) // to the byte: casing matters there
		}
	}
	if given.Len() == 0 {
		return nil
	}
	return object("authorizations", given, "externalUserIds", elsewhere)
}

// gather collects the values of o and of what is below it.
func gather(into *resource.Object, path string, v resource.Value) {
	switch v := v.(type) {
	case *resource.Object:
		for _, m := range v.Members() {
			gather(into, strings.TrimPrefix(path+"."+strings.ToLower(m.Name), "."), m.Value)
		}
	case resource.List:
		for _, e := range v {
			gather(into, path, e)
		}
	case bool:
		gather(into, path, strconv.FormatBool(v))
	case resource.Number:
		gather(into, path, string(v))
	case string:
		if values := into.List(path); v != "" && !slices.Contains(values, resource.Value(v)) {
			into.Set(path, append(values, v))
		}
	}
}

// authorizations are the provider's attributes of an account, as its screens show
// them.
func authorizations(rec store.Record) *resource.Object {
	if given := rec.Synced.Object("authorizations"); given != nil {
		return given
	}
	return &resource.Object{}
}

// externalUserIDs are the account's usernames on data platforms.
func externalUserIDs(rec store.Record) *resource.Object {
	if ids := rec.Synced.Object("externalUserIds"); ids != nil {
		return ids
	}
	return &resource.Object{}
}
