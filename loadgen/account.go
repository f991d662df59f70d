package loadgen

import (
	"fmt"
	"strings"

	"github.com/scimproof/scimproof/target"
)

// differs says what of an account is not as planned, "" when nothing is. What
// Okta requires of every server has to be there: userName, both names, an address
// and active as a boolean (Okta, preparing a SCIM integration, documented; the
// scenarios hold a server to the same). The rest of what Okta sent counts where it
// is shown: a server may keep less.
//
// Names of members, userNames and addresses are compared without regard to letter
// case, since servers may fold them.
func (c *census) differs(n int, account target.Resource) string {
	standing := c.roster.standing(n)
	want, inUse := c.dialogues.Account(n, standing&changed != 0), standing&disabled == 0
	active, known := account.Active()
	switch {
	case !strings.EqualFold(account.Text("userName"), want.UserName):
		return fmt.Sprintf("userName: want %s, got %s", want.UserName, account.Text("userName"))
	case account.Text("name", "givenName") != want.Text("name.givenName"):
		return fmt.Sprintf("name.givenName: want %q, got %q", want.Text("name.givenName"), account.Text("name", "givenName"))
	case account.Text("name", "familyName") != want.Text("name.familyName"):
		return fmt.Sprintf("name.familyName: want %q, got %q", want.Text("name.familyName"), account.Text("name", "familyName"))
	case !known:
		return fmt.Sprintf("active: want %v, got %#v, which Okta does not read: it needs a boolean there", inUse, account.Get("active"))
	case active != inUse:
		return fmt.Sprintf("active: want %v, got %v", inUse, active)
	case shown(account, "externalId") && account.Get("externalId") != want.ExternalID:
		return fmt.Sprintf("externalId: want %s, got %v", want.ExternalID, account.Get("externalId"))
	case shown(account, "displayName") && !names(account.Text("displayName"), want.Text("displayName"), want.Text("name.givenName"), want.Text("name.familyName")):
		return fmt.Sprintf("displayName: want %q, got %#v", want.Text("displayName"), account.Get("displayName"))
	case shown(account, "locale") && !sameLocale(account.Text("locale"), want.Text("locale")):
		return fmt.Sprintf("locale: want %s, got %#v", want.Text("locale"), account.Get("locale"))
	case c.roster.has(n) && !c.roster.isID(n, account.ID()):
		return fmt.Sprintf("id: the create was answered with %s, and the account has %s", c.roster.made(n), account.ID())
	}
	return c.addresses(n, account)
}

// shown: the account has a value there. Null and "" are none (RFC 7643, section
// 2.5).
func shown(account target.Resource, name string) bool {
	v := account.Get(name)
	return v != nil && v != ""
}

// names: a display name is the one that Okta sent, or one that the server made of
// this person's own names, in its own order.
func names(shown, sent, given, family string) bool {
	return shown == sent || strings.Contains(shown, given) && strings.Contains(shown, family)
}

// sameLocale compares language tags, which have no letter case (RFC 5646, section
// 2.1.1), and which some platforms write with an underscore.
func sameLocale(a, b string) bool { return strings.EqualFold(strings.ReplaceAll(a, "_", "-"), b) }

// addresses says what of an account's addresses is not as planned. Okta's own has
// to be there as Okta sent it; where type and primary are shown, they count. None
// may be another person's. Other addresses are the server's own affair at
// somebody's server (an alias that it gives, say) and are only told of; nothing in
// a tenant of our own can have given one.
func (c *census) addresses(n int, account target.Resource) string {
	want := c.dialogues.Account(n, false) // no update changes an address
	list, _ := account.Get("emails").([]any)
	there := false
	for _, element := range list {
		object, _ := element.(map[string]any)
		email := target.Resource(object)
		address, kind, primary := email.Text("value"), email.Get("type"), email.Get("primary")
		switch own := strings.EqualFold(address, want.Text("emails.^[primary==true].value")); {
		case own && kind != nil && kind != want.Text("emails.^[primary==true].type"):
			return fmt.Sprintf("emails: want %s of type %s, got type %v", want.Text("emails.^[primary==true].value"), want.Text("emails.^[primary==true].type"), kind)
		case own && primary != nil && primary != true:
			return fmt.Sprintf("emails: want %s as the primary one, got primary %v", want.Text("emails.^[primary==true].value"), primary)
		case own:
			there = true
		case primary == true:
			return fmt.Sprintf("emails: want %s as the primary one, got %s", want.Text("emails.^[primary==true].value"), address)
		case c.owned || strings.Contains(strings.ToLower(address), c.mark):
			return fmt.Sprintf("emails: want %s alone, got %v", want.Text("emails.^[primary==true].value"), account.Values("emails"))
		default:
			c.note("some accounts have an address besides that Okta did not send, such as " + c.example(address))
		}
	}
	if !there {
		return fmt.Sprintf("emails: want %s, got %v", want.Text("emails.^[primary==true].value"), account.Values("emails"))
	}
	return ""
}

// example is the first one that it is given.
func (c *census) example(address string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.alias == "" {
		c.alias = cut(address)
	}
	return c.alias
}
