package refserver

import (
	"slices"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// configure reads the settings of an IAM. One that nobody has heard of is refused:
// it would otherwise be believed to hold. Either all are taken or none.
//
//	display_name        string, given once
//	delete_users        whether DELETE /Users deletes; false when nothing is said
//	sync_attributes     whether extension attributes become the provider's; true when nothing is said
//	attribute_schema    [{"scim_schema": URN, "prefix": "okta"}…]
//	external_usernames  {"snowflake": "okta.snowflakeuser"…}: platform and attribute
func configure(m *store.IAM, body *resource.Object) error {
	after := *m
	for _, b := range body.Members() {
		ok := false
		switch b.Name {
		case "display_name":
			after.DisplayName, ok = b.Value.(string)
		case "delete_users":
			after.DeleteUsers, ok = b.Value.(bool)
		case "sync_attributes":
			after.SyncAttributes, ok = b.Value.(bool)
		case "attribute_schema":
			after.AttributeSchema, ok = readRows(b.Value)
		case "external_usernames":
			after.ExternalUsernames, ok = readUsernames(b.Value)
		}
		if !ok {
			return badValue("%s: no such setting, or not with such a value", b.Name)
		}
	}
	if err := checkSettings(after); err != nil {
		return err
	}
	*m = after
	return nil
}

func checkSettings(m store.IAM) error {
	switch {
	case strings.TrimSpace(m.DisplayName) == "":
		return badValue("display_name: a name is needed")
	case strings.EqualFold(m.DisplayName, "bim"):
		return badValue("display_name: bim is the internal IAM, which has no SCIM")
	}
	for i, row := range m.AttributeSchema {
		if err := checkRow(m.AttributeSchema[:i], row); err != nil {
			return err
		}
	}
	for _, u := range m.ExternalUsernames {
		if err := checkUsername(m, u); err != nil {
			return err
		}
	}
	return nil
}

// checkRow refuses what could never show anything, and one schema in two rows.
// Two rows with one prefix are well, and so is an empty prefix.
func checkRow(before []store.SchemaRow, row store.SchemaRow) error {
	if err := schema.Users.CheckURN(row.URN); err != nil {
		return badValue("attribute_schema: %v", err)
	}
	if strings.EqualFold(row.URN, schema.Refserver) {
		return badValue("attribute_schema: %s is this server's own, and nobody can write it", row.URN)
	}
	if slices.ContainsFunc(before, func(other store.SchemaRow) bool { return strings.EqualFold(other.URN, row.URN) }) {
		return badValue("attribute_schema: %s is there twice", row.URN)
	}
	return nil
}

// checkUsername wants attribute sync on, and a row that can make the attribute
// (the provider's page wants both first: documented; the refusal is the reference
// server's choice).
func checkUsername(m store.IAM, u store.ExternalUsername) error {
	made := slices.ContainsFunc(m.AttributeSchema, func(row store.SchemaRow) bool {
		name, ok := strings.CutPrefix(strings.ToLower(u.Attribute), strings.ToLower(row.Prefix+"."))
		return ok && name != "" || row.Prefix == "" && u.Attribute != ""
	})
	switch {
	case !m.SyncAttributes:
		return badValue("external_usernames: a mapping needs sync_attributes to be on")
	case !slices.Contains(schema.Platforms, u.Platform):
		return badValue("external_usernames: there is no platform %q, only %s", u.Platform, strings.Join(schema.Platforms, ", "))
	case !made:
		return badValue("external_usernames: no row of attribute_schema makes an attribute %q", u.Attribute)
	}
	return nil
}

func readRows(v resource.Value) ([]store.SchemaRow, bool) {
	list, ok := v.(resource.List)
	var rows []store.SchemaRow
	for _, e := range list {
		o, isObject := e.(*resource.Object)
		urn, named := o.Get("scim_schema").(string)
		prefix, prefixed := o.Get("prefix").(string)
		ok = ok && isObject && named && prefixed && o.Len() == 2
		rows = append(rows, store.SchemaRow{URN: urn, Prefix: prefix})
	}
	return rows, ok
}

func readUsernames(v resource.Value) ([]store.ExternalUsername, bool) {
	o, ok := v.(*resource.Object)
	var all []store.ExternalUsername
	for _, m := range o.Members() {
		attribute, isText := m.Value.(string)
		ok = ok && isText
		all = append(all, store.ExternalUsername{Platform: m.Name, Attribute: attribute})
	}
	return all, ok
}

func showRows(rows []store.SchemaRow) resource.List {
	list := resource.List{}
	for _, row := range rows {
		list = append(list, object("scim_schema", row.URN, "prefix", row.Prefix))
	}
	return list
}

func showUsernames(all []store.ExternalUsername) *resource.Object {
	o := &resource.Object{}
	for _, u := range all {
		o.Set(u.Platform, u.Attribute)
	}
	return o
}
