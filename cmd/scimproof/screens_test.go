package main

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/scimproof/scimproof/target"
)

// The reference server's web page is opened in a real browser, as an administrator
// does who was told its address and credential, and walked through by its links.
// What somebody has written into a name is text on it.
func TestTheScreensInABrowser(t *testing.T) {
	isLong(t)
	browser := openBrowser(t)
	tg, err := target.Serve("", "an-administrator's")
	if err != nil {
		t.Fatal(err)
	}
	defer tg.Close()
	tenant, err := tg.Tenant(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const hostile = `</style><script>document.title='changed'</script><img src=x onerror=alert(1)>`
	putIn(t, tenant, "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana@example.com","name":{"formatted":"Ana Ruiz"}}`)
	putIn(t, tenant, "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ben/../?#@example.com","active":false,"name":{"formatted":"`+hostile+`"}}`)
	putIn(t, tenant, "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"`+hostile+`"}`)

	address, err := url.Parse(tg.URL + "/admin")
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword("anybody", "an-administrator's")
	tab := browser.visit(t, address.String(), address.String())
	follow := func(text string) {
		t.Helper()
		link := ask[string](t, tab, `[...document.querySelectorAll("a")].find(a => (a.textContent + a.href).includes("`+text+`"))?.href ?? ""`)
		if link == "" {
			t.Fatalf("%s has no link %q", ask[string](t, tab, `location.pathname`), text)
		}
		tab.do(t, chromedp.Navigate(link))
	}
	expect := func(texts ...string) {
		t.Helper()
		shown := ask[string](t, tab, `document.body.innerText`)
		for _, text := range texts {
			if !strings.Contains(shown, text) {
				t.Errorf("%s does not show %q:\n%s", ask[string](t, tab, `location.pathname`), text, shown)
			}
		}
	}
	look := func() {
		t.Helper()
		for _, scheme := range []string{"light", "dark"} {
			tab.readable(t, scheme)
		}
		tab.narrow(t)
	}
	iam := strings.TrimPrefix(tenant.URL, tg.URL+"/scim/")
	expect(iam)
	look()
	follow(iam)
	expect("ana@example.com", "active", "ben/../?#@example.com", "disabled", hostile)
	look()
	follow("ben/../")
	expect("disabled", "SCIM id", hostile)
	look()
	follow("Groups")
	expect(hostile)
	look()
	if title := ask[string](t, tab, "document.title"); title == "changed" {
		t.Error("a name ran as a script")
	}
	if said := tab.heard(); len(said) > 0 {
		t.Errorf("the browser says, or was asked to fetch:\n%s", strings.Join(said, "\n"))
	}
}

// putIn makes something at the server as an identity provider does.
func putIn(t *testing.T, e target.Endpoint, path, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, e.URL+path, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+e.Token)
	r.Header.Set("Content-Type", "application/scim+json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("POST %s: %s", path, resp.Status)
	}
}
