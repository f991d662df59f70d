package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// headings are those of the provider's page, in its order (Immuta documentation 2024.1,
// "Okta SAML SCIM"). Three lists on it have none of their own: for those the tour has
// words of ours.
var headings = []string{
	"Requirements",
	"Add the application in Okta",
	"Configure the IAM in Immuta",
	"Advanced Sign-on Settings, and the first assignment",
	"Configure API Integration",
	"Syncing Current Users in Okta",
	"Add Users in Okta SCIM",
	"Remove Users from Okta SCIM",
	"Syncing Groups with Okta SCIM",
	"Add Users to Groups",
	"Remove Users from Groups",
	"Add Attributes to Users",
	"Update the SCIM Attribute Schema in Immuta",
	"Add Attribute Values",
	"Sync External Usernames with Okta SCIM in Immuta",
	"Syncing External Usernames",
}

// The tour goes from the first heading to the last, and tells on the way what is to be
// seen in three places.
func TestTheTour(t *testing.T) {
	code, out, problems := shellRun(t, "tour", "--no-stay")
	if code != ok {
		t.Fatalf("exit %d\n%s%s", code, out, problems)
	}
	var told []string
	for _, m := range regexp.MustCompile(`(?m)^(\S.*)\n-+$`).FindAllStringSubmatch(out, -1) {
		told = append(told, m[1])
	}
	if !slices.Equal(told, headings) {
		t.Errorf("the headings are\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(headings, "\n"))
	}
	rest := out
	for _, next := range []string{
		`Okta +application\.lifecycle\.create: Immuta`,
		`provider +page, default_permissions: \["CREATE_PROJECT"\]`,
		`provider +page, client_options: \{.*"sign_on_url":"\[redacted`,
		`provider +IAM that is not saved: IAM ID okta-\S+, SCIM URL http\S+, SCIM API Key of 40 characters`,
		`provider +page, tests: \{"connection":true`,
		`provider +refused: .* is not assigned`,
		`Okta +Advanced Sign-on Settings: Base URL http\S+, IAM ID okta-`,
		`provider +Test User Login shows Ana\.\S+ \{.*"familyName":"Ruiz"`,
		`provider +setting scim_key: "\*+"`,
		`Okta +API Integration: Base URL http\S+/scim/okta-\S+, API Token of 40 characters`,
		`wire +POST /Users → 201`,
		`provider +user Ana\.\S+: active`,
		`wire +Okta never sent what is in this answer: id, meta, urn:`,
		`provider +refused: profile: email is filled from emails`,
		`Okta +warning: .*Pilots.* is assigned .* and pushed`,
		`Okta +question: Are you sure that Cem\.`,
		`wire +PATCH /Users/\S+ → 200 .*"active":false`,
		`provider +user Cem\.\S+: disabled`,
		`Okta +user\.lifecycle\.delete\.completed: Dan`,
		`provider +user Dan\.\S+: disabled`,
		`wire +GET /Groups\S* .* → 403`,
		`wire +POST /Groups → 201`,
		`provider +group \S+ Analysts: Ben\.\S+, Ana\.`,
		`provider +group \S+ Analysts: Ana\.`,
		`wire +DELETE /Groups/\S+ → 204`,
		`Okta +attribute login: data type string, display name login, variable name login, external namespace urn:`,
		`provider +IAM that is not saved: .*, SCIM API Key kept, not shown`,
		`provider +user Ana\.\S+: active; .*okta\.login = T_SMITH`,
		`provider +page, external_usernames: \{"snowflake":"staff\.snowflakeuser"\}`,
		`provider +user Ana\.\S+: active; .*snowflake T_Ruiz`,
	} {
		at := regexp.MustCompile(next).FindStringIndex(rest)
		if at == nil {
			t.Fatalf("after what came before, the tour does not tell %s:\n%s", next, out)
		}
		rest = rest[at[1]:]
	}
	for _, secret := range []string{"scimproof_key_", "/sign-on/"} {
		if strings.Contains(out, secret) {
			t.Errorf("the tour tells what is a secret of Okta and the provider: %s", secret)
		}
	}
}

// At its end the tour leaves the server's page open, until it is interrupted.
func TestTheTourStays(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	read, write := io.Pipe()
	ended := make(chan int)
	go func() {
		var problems bytes.Buffer
		code := run(ctx, []string{"tour"}, write, &problems)
		write.Close()
		ended <- code
	}()
	var told strings.Builder
	where := regexp.MustCompile(`(http\S+/admin)\n.* the password (\S+)\n`)
	buffer := make([]byte, 4096)
	for !where.MatchString(told.String()) {
		n, err := read.Read(buffer)
		told.Write(buffer[:n])
		if err != nil {
			t.Fatalf("the tour ended with %d before its end:\n%s", <-ended, &told)
		}
	}
	m := where.FindStringSubmatch(told.String())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, m[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("anybody", m[2])
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || strings.Count(string(page), "okta-") < 1 {
		t.Errorf("the page at the end of the tour: %s %v\n%s", resp.Status, err, page)
	}
	interrupt()
	if code := <-ended; code != ok {
		t.Errorf("an interrupted tour exits with %d", code)
	}
}
