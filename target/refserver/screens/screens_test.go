package screens_test

import (
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/scimproof/scimproof/target/refserver/screens"
)

var iam = screens.IAM{
	ID: "a/b", DisplayName: "Okta", Type: "saml", SCIMEnabled: true, SyncAttributes: true,
	AttributeSchema:   []screens.AttributeSchemaRow{{Schema: "urn:example:ext", Prefix: "okta"}},
	ExternalUsernames: map[string]string{"snowflake": "okta.login"},
}

// A screen shows an account as the administration API has it.
func TestAnAccountIsShown(t *testing.T) {
	var a screens.Account
	if err := json.Unmarshal([]byte(`{
		"userid": "ana@example.com", "disabled": true, "groups": ["Analysts"], "permissions": ["CREATE_PROJECT"],
		"authorizations": {"okta.login": ["T_SMITH"], "team": ["red"]}, "bimAuthorizations": {"team": ["red"]},
		"profile": {"name": "Ana Ruiz", "externalUserIds": {"snowflakeUser": "T_SMITH"}}}`), &a); err != nil {
		t.Fatal(err)
	}
	shown := text(t, screens.One(iam, a))
	for _, want := range []string{"ana@example.com", "disabled", "Ana Ruiz", "Analysts", "CREATE_PROJECT", "okta.login = T_SMITH", "team = red by hand", "snowflake: T_SMITH"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the screen of an account does not show %q:\n%s", want, shown)
		}
	}
	if strings.Contains(shown, "okta.login = T_SMITH by hand") {
		t.Error("what was synced is shown as given by hand")
	}
}

// Whatever an identity provider has written is text.
func TestWhatOthersWroteIsText(t *testing.T) {
	const bad = `<script>alert(1)</script>"' onload=x javascript:x </style>&amp;`
	m := iam
	m.ID, m.DisplayName, m.SCIMURL, m.Type = bad, bad, bad, bad
	m.ExternalUsernames = map[string]string{bad: bad}
	a := screens.Account{UserName: bad, Groups: []string{bad}, Profile: map[string]any{"name": bad, "externalUserIds": map[string]any{bad: bad}}, Authorizations: map[string][]string{bad: {bad}}}
	for _, p := range []screens.Page{
		screens.Home(screens.Instance{Version: bad, IAMs: []screens.IAM{m}}),
		screens.Accounts(m, screens.List[screens.Account]{Count: 1, Hits: []screens.Account{a}}),
		screens.Groups(m, screens.List[screens.Group]{Count: 1, Hits: []screens.Group{{Name: bad, Members: []string{bad}}}}),
		screens.Usernames(m, []screens.Username{{Platform: bad, Name: bad, Accounts: []string{bad}, Warning: bad}}, 0),
		screens.One(m, a),
		screens.Missing(bad),
	} {
		page, err := p.HTML()
		if err != nil {
			t.Fatal(err)
		}
		for n := range parse(t, page).Descendants() {
			if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "img" || n.Data == "iframe" || n.Data == "form") {
				t.Errorf("%q holds an element %s", p.Title, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "javascript:") {
					t.Errorf("%q holds an attribute %s=%q", p.Title, a.Key, a.Val)
				}
			}
		}
		if !strings.Contains(text(t, p), "<script>alert(1)</script>") {
			t.Errorf("%q does not show the text as it is", p.Title)
		}
	}
}

func TestALongListComesInScreens(t *testing.T) {
	rows := func(n int) []screens.Account { return make([]screens.Account, n) }
	for _, c := range []struct {
		list          screens.List[screens.Account]
		shown         string
		before, after int
	}{
		{screens.List[screens.Account]{}, "none", -1, -1},
		{screens.List[screens.Account]{Count: 3, Hits: rows(3)}, "3", -1, -1},
		{screens.List[screens.Account]{Count: 120, Hits: rows(50)}, "1 to 50 of 120", -1, 50},
		{screens.List[screens.Account]{Count: 120, Hits: rows(50), From: 50}, "51 to 100 of 120", 0, 100},
		{screens.List[screens.Account]{Count: 120, Hits: rows(20), From: 100}, "101 to 120 of 120", 50, -1},
		{screens.List[screens.Account]{Count: 120, From: 500}, "none from 501 on, of 120", 450, -1},
	} {
		if l := c.list; l.Shown() != c.shown || l.Before() != c.before || l.After() != c.after {
			t.Errorf("%d rows from %d of %d: %q, before %d, after %d; want %q, %d, %d",
				len(l.Hits), l.From, l.Count, l.Shown(), l.Before(), l.After(), c.shown, c.before, c.after)
		}
	}
}

// A group of very many is counted, and some of it named.
func TestALargeGroupIsCounted(t *testing.T) {
	members := strings.Split(strings.Repeat("somebody@example.com ", 1234), " ")[:1234]
	shown := text(t, screens.Groups(iam, screens.List[screens.Group]{Count: 1, Hits: []screens.Group{{Name: "Everybody", Members: members}}}))
	if !strings.Contains(shown, "1234") || !strings.Contains(shown, "and 1224 more") {
		t.Errorf("the screen of a large group: %s", shown)
	}
}

func parse(t *testing.T, page []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(string(page)))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// text is what a reader of the page sees, with single blanks.
func text(t *testing.T, p screens.Page) string {
	t.Helper()
	page, err := p.HTML()
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for n := range parse(t, page).Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			words = append(words, strings.Fields(n.Data)...)
		}
	}
	return strings.Join(words, " ")
}
