package provision_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// A trace is a dialogue as a file: see testdata/traces/README.md.
type trace struct {
	head      map[string]string
	exchanges []exchange
}

// said is a whole request as text: its line, its headers in alphabetical order,
// and the body after an empty line.
type exchange struct {
	said   string
	status int
	answer string
}

func readTrace(t *testing.T, name string) trace {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "traces", name+".txt"))
	require.NoError(t, err)
	tr := trace{head: map[string]string{}}
	for i, block := range strings.Split(strings.TrimRight(string(text), "\n"), "\n\n") {
		switch {
		case i == 0:
			for line := range strings.Lines(block) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				tr.head[key] = value
			}
		case strings.HasPrefix(block, ">"):
			tr.exchanges = append(tr.exchanges, exchange{said: unquoted(block, ">")})
		case strings.HasPrefix(block, "<"):
			require.NotEmpty(t, tr.exchanges, "an answer before any request")
			status, body, _ := strings.Cut(unquoted(block, "<"), "\n\n")
			last := &tr.exchanges[len(tr.exchanges)-1]
			last.answer = body
			last.status, err = strconv.Atoi(status)
			require.NoError(t, err)
		default:
			t.Fatalf("neither > nor <: %s", block)
		}
	}
	for _, key := range []string{"Trace", "About", "Dialect", "Grade", "Source", "Base"} {
		require.NotEmpty(t, tr.head[key], "the head of %s lacks %s", name, key)
	}
	return tr
}

// unquoted takes the mark away from the beginning of each line.
func unquoted(block, mark string) string {
	lines := strings.Split(block, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(strings.TrimPrefix(line, mark), " ")
	}
	return strings.Join(lines, "\n")
}

func (tr trace) dialects() []provision.Dialect {
	var all []provision.Dialect
	for _, d := range strings.Split(tr.head["Dialect"], ", ") {
		all = append(all, provision.Dialect(d))
	}
	return all
}

// asText is a request as a trace writes it, with everything that goes on the wire.
func asText(req *http.Request) (string, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return "", err
		}
	}
	header := req.Header.Clone()
	header.Set("Host", req.URL.Host)
	if req.ContentLength != 0 {
		header.Set("Content-Length", strconv.FormatInt(req.ContentLength, 10))
	}
	text := req.Method + " " + req.URL.RequestURI()
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			text += "\n" + name + ": " + value
		}
	}
	if body != nil {
		text += "\n\n" + string(body)
	}
	return text, nil
}

// play holds a dialogue through a client whose target answers as the trace says,
// and returns what was said and how it ended.
func play(t *testing.T, tr trace, d provision.Dialogue) ([]string, provision.End) {
	t.Helper()
	var heard []string
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		text, err := asText(req)
		if err != nil {
			return nil, err
		}
		heard = append(heard, text)
		if len(heard) > len(tr.exchanges) {
			return nil, fmt.Errorf("more is said than the trace has:\n%s", text)
		}
		now := tr.exchanges[len(heard)-1]
		return httpmock.NewStringResponse(now.status, now.answer), nil
	})
	client := scim.Client{BaseURL: tr.head["Base"], Authorization: "Bearer k3y-of-the-application", HTTP: target}
	for d.Hear != nil {
		answer, err := client.Call(t.Context(), d.Say)
		require.NoError(t, err)
		d = d.Hear(answer)
	}
	return heard, d.End
}

func wanted(tr trace) []string {
	var all []string
	for _, e := range tr.exchanges {
		all = append(all, e.said)
	}
	return all
}

// The sides of the traces that no file can hold: what Okta wants, and what it
// knows when it begins.
var (
	ana = scim.User{
		ExternalID: "00u1mockAAAAAAAAAA01", UserName: "ana.ruiz@example.test", Password: "k3Vt9qZx",
		Attributes: named("Ana", "Ruiz", "ana.ruiz@example.test", "Ana Ruiz", "en-US"),
	}
	anna = scim.User{
		ExternalID: "00u6b26e34U0BfIiG6e8", UserName: "anaz@exam.ple", Password: "k3Vt9qZx",
		Attributes: named("Anna", "Ruizz", "anaz@exam.ple", "Anna Ruizz", "en-US"),
	}
	title      = scim.Attribute{Namespace: scim.UserSchema, Name: "title", Value: "Analyst"}
	department = scim.Attribute{
		Namespace: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
		Name:      "department", Value: "Research & Development",
	}

	costCode = func(value any) scim.Attribute { return inDemo("costCode", value) }
	manager  = func(value any) scim.Attribute {
		return scim.Attribute{Namespace: department.Namespace, Name: "manager.value", Value: value}
	}

	memberAna = scim.Member{Value: "c0ffee00-0001", Display: "ana.ruiz@example.test"}
	memberBo  = scim.Member{Value: "c0ffee00-0002", Display: "bo.lind@example.test"}
	memberCy  = scim.Member{Value: "c0ffee00-0003", Display: "cy.moor@example.test"}
	memberDi  = scim.Member{Value: "c0ffee00-0009", Display: "di.vance@example.test"}
	memberEd  = scim.Member{Value: "c0ffee00-0010", Display: "ed.okoro@example.test"}
)

func inDemo(name string, value any) scim.Attribute {
	return scim.Attribute{Namespace: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:DEMOEXT", Name: name, Value: value}
}

// named is what every person has, in the order of Okta's base profile.
func named(given, family, email, display, locale string) []scim.Attribute {
	return []scim.Attribute{
		core("name.givenName", given), core("name.familyName", family),
		core("emails.^[primary==true].value", email), core("emails.^[primary==true].type", "work"),
		core("displayName", display), core("locale", locale),
	}
}

func core(name string, value any) scim.Attribute {
	return scim.Attribute{Namespace: scim.UserSchema, Name: name, Value: value}
}

func with(u scim.User, more ...scim.Attribute) scim.User {
	u.Attributes = append(slices.Clone(u.Attributes), more...)
	return u
}

func unnamed(u scim.User) scim.User {
	u.Attributes = u.Attributes[:4]
	return u
}

func TestTraces(t *testing.T) {
	type (
		facts   = provision.Facts
		knobs   = provision.Knobs
		end     = provision.End
		members = []scim.Member
	)
	const (
		lena  = "c0ffee00-0000-4000-8000-000000000001"
		anaID = "c0ffee00-0001"
	)
	accent := func(a scim.Accent) knobs { return knobs{Accent: a} }
	emptied := with(ana, title, core("name.middleName", nil), core("phoneNumbers.^[primary==true].value", ""),
		core("phoneNumbers.^[primary==true].type", nil), core("nickName", ""), department)
	for i, a := range emptied.Attributes {
		if a.Name == title.Name || a.Name == department.Name {
			emptied.Attributes[i].Value = nil
		}
	}
	moved := with(ana, core("phoneNumbers.^[primary==true].value", "415.123.9999"), core("phoneNumbers.^[primary==true].type", "work"),
		core("addresses.^[primary==true].type", nil), core("addresses.^[primary==true].streetAddress", nil),
		core("addresses.^[primary==true].locality", "Springfield"))
	renewed := ana
	renewed.Password = `S3cret "of" Ana`
	analysts := members{memberAna, memberBo}
	known := end{ID: "g-42"}
	turned := func(name, value string) (k knobs) { require.NoError(t, k.Turn(name, value)); return k }
	plays := map[string]struct {
		op    provision.Op
		facts facts
		end   end
	}{
		"T02-assign-absent":                   {provision.EnsureUser{}, facts{User: ana}, end{ID: anaID}},
		"T02-assign-absent-mapped-attributes": {provision.EnsureUser{}, facts{User: with(unnamed(ana), title, department)}, end{ID: anaID}},
		"T02-assign-absent-custom-attributes": {
			provision.EnsureUser{},
			facts{User: with(ana, costCode(`R&D "7"`), inDemo("trusted", false), inDemo("level", 0), inDemo("quota", 2.5),
				inDemo("projects", []any{"north", "süd"}), inDemo("floors", []any{1, 2}), inDemo("nothing", nil),
				scim.Attribute{Name: "nowhere", Value: "never sent"}, manager("c0ffee00-0777"))},
			end{ID: anaID},
		},
		"T05-profile-custom-attribute-new":     {provision.UpdateUser{}, facts{ID: anaID, User: with(ana, costCode("7001"))}, end{ID: anaID}},
		"T05-profile-custom-attribute-changed": {provision.UpdateUser{}, facts{ID: anaID, User: with(ana, costCode("7002"))}, end{ID: anaID}},
		"T05-profile-custom-attribute-cleared": {provision.UpdateUser{}, facts{ID: anaID, User: with(ana, costCode(nil), manager(nil))}, end{ID: anaID}},

		"T02-assign-absent-paths": {provision.EnsureUser{}, facts{User: with(ana, core("name.honorificPrefix", "Dr"),
			core("phoneNumbers.^[primary==true].value", "415.123.4567"), core("phoneNumbers.^[primary==true].type", "work"),
			core("phoneNumbers.^[type==mobile].value", "415.765.4321"), core("phoneNumbers.^[type=='fax'].value", nil),
			core("roles.^[primary==true].value", "analyst"), manager("c0ffee00-0777"),
			scim.Attribute{Namespace: department.Namespace, Name: "manager.displayName", Value: "Bo Lind"})}, end{ID: anaID}},
		"T05-profile-emptied":                  {provision.UpdateUser{}, facts{ID: anaID, User: emptied}, end{ID: anaID}},
		"T05-profile-emptied-text":             {provision.UpdateUser{}, facts{ID: anaID, User: emptied, Knobs: accent(scim.Accent{Empty: scim.EmptyString})}, end{ID: anaID}},
		"T05-profile-emptied-null":             {provision.UpdateUser{}, facts{ID: anaID, User: emptied, Knobs: accent(scim.Accent{Empty: scim.Null})}, end{ID: anaID}},
		"T05-profile-one-of-many":              {provision.UpdateUser{}, facts{ID: anaID, User: moved}, end{ID: anaID}},
		"T05-profile-one-of-many-emptied-null": {provision.UpdateUser{}, facts{ID: anaID, User: moved, Knobs: accent(scim.Accent{Empty: scim.Null})}, end{ID: anaID}},
		"T05-profile-lists-whole":              {provision.UpdateUser{}, facts{ID: anaID, User: moved, Knobs: accent(scim.Accent{WholeLists: true})}, end{ID: anaID}},
		"T05-profile-reference-order":          {provision.UpdateUser{}, facts{ID: anaID, User: with(ana, title), Knobs: accent(scim.Accent{ReferenceOrder: true})}, end{ID: anaID}},
		"T05-profile-by-patch-oin":             {provision.UpdateUser{}, facts{ID: anaID, User: with(ana, title, department), Knobs: knobs{PatchProfile: true}}, end{ID: anaID}},
		"T07-unassign-naming-the-id-oin":       {provision.DisableUser{}, facts{ID: anaID, User: ana, Knobs: accent(scim.Accent{PatchNamesID: true})}, end{Gone: true}},
		"T24-provision-user":                   {provision.EnsureUser{}, facts{User: ana}, end{ID: anaID}},
		"T25-force-sync":                       {provision.UpdateUser{}, facts{ID: anaID, User: ana}, end{ID: anaID}},
		"T11-password-oin":                     {provision.SetPassword{}, facts{ID: anaID, User: renewed}, end{ID: anaID}},
		"T12-password-aiw":                     {provision.SetPassword{}, facts{ID: anaID, User: renewed}, end{ID: anaID}},

		"T03-assign-present-aiw":          {provision.EnsureUser{}, facts{User: anna}, end{ID: lena}},
		"T04-assign-present-inactive-oin": {provision.EnsureUser{}, facts{User: ana}, end{ID: anaID}},
		"T04-assign-present-active-oin":   {provision.EnsureUser{}, facts{User: ana}, end{ID: anaID}},
		"T05-profile":                     {provision.UpdateUser{}, facts{ID: anaID, User: with(ana, title)}, end{ID: anaID}},
		"T05-profile-servers-own-members": {provision.UpdateUser{}, facts{ID: anaID, User: with(ana, department)}, end{ID: anaID}},
		"T06-unassign-aiw":                {provision.DisableUser{}, facts{ID: lena, User: ana}, end{Gone: true}},
		"T07-unassign-oin":                {provision.DisableUser{}, facts{ID: anaID, User: ana}, end{Gone: true}},
		"T09-reassign-aiw":                {provision.EnsureUser{}, facts{User: ana}, end{ID: anaID}},
		"T09-reassign-one-pair-aiw":       {provision.EnsureUser{}, facts{User: ana, Knobs: knobs{OneLinkPush: true}}, end{ID: anaID}},
		"T10-reassign-oin":                {provision.EnsureUser{}, facts{User: ana}, end{ID: anaID}},

		"T13-push-absent-aiw":       {provision.EnsureGroup{}, facts{GroupName: "Analysts", Members: analysts}, known},
		"T13-push-absent-empty-aiw": {provision.EnsureGroup{}, facts{GroupName: "Nobody yet"}, end{ID: "g-43"}},
		"T14-push-absent-oin":       {provision.EnsureGroup{}, facts{GroupName: "Analysts", Members: analysts}, known},
		"T14-push-absent-batches-oin": {
			provision.EnsureGroup{},
			facts{GroupName: "Analysts", Members: members{memberAna, memberBo, memberCy}, Knobs: knobs{PatchBatch: 2}},
			end{ID: "g-42"},
		},
		"T15-push-present-aiw": {provision.EnsureGroup{}, facts{GroupName: "Analysts", Members: analysts}, known},
		"T16-push-present-oin": {provision.EnsureGroup{}, facts{GroupName: "Analysts", Members: analysts}, known},
		"T17-membership-aiw": {
			provision.SyncMembers{},
			facts{ID: "g-42", GroupName: "Analysts", Members: analysts, Joined: members{memberAna}, Left: members{memberDi}},
			end{ID: "g-42"},
		},
		"T17-membership-no-list-aiw": {
			provision.SyncMembers{},
			facts{ID: "g-42", GroupName: "Analysts", Members: analysts, Joined: members{memberAna}, Left: members{memberDi}},
			known,
		},
		"T18-membership-oin": {
			provision.SyncMembers{},
			facts{ID: "g-42", GroupName: "Analysts", Members: analysts, Joined: analysts, Left: members{memberDi, memberEd}},
			known,
		},
		"T18-membership-batches-oin": {
			provision.SyncMembers{},
			facts{ID: "g-42", GroupName: "Analysts", Members: analysts, Joined: analysts, Left: members{memberDi, memberEd}, Knobs: knobs{PatchBatch: 3}},
			known,
		},
		"T19-rename-aiw": {
			provision.RenameGroup{},
			facts{ID: "g-42", GroupName: "Analysts EMEA", Members: analysts},
			end{ID: "g-42"},
		},
		"T19-rename-oin":                  {provision.RenameGroup{}, facts{ID: "g-42", GroupName: "Analysts EMEA", Members: analysts}, end{ID: "g-42"}},
		"T20-push-now-aiw":                {provision.EnsureGroup{}, facts{ID: "g-42", GroupName: "Analysts", Members: analysts}, known},
		"T20-push-now-oin":                {provision.EnsureGroup{}, facts{ID: "g-42", GroupName: "Analysts", Members: analysts}, known},
		"T20-push-now-empty-oin":          {provision.EnsureGroup{}, facts{ID: "g-42", GroupName: "Nobody"}, end{ID: "g-42"}},
		"T13-push-absent-bare-create-aiw": {provision.EnsureGroup{}, facts{GroupName: "Analysts", Members: analysts, Knobs: turned("createMembers", "none")}, known},
		"T14-push-absent-empty-oin":       {provision.EnsureGroup{}, facts{GroupName: "Nobody yet"}, known},
		"T14-push-absent-full-create-oin": {provision.EnsureGroup{}, facts{GroupName: "Analysts", Members: analysts, Knobs: turned("createMembers", "all")}, known},
		"T15-push-present-empty-aiw":      {provision.EnsureGroup{}, facts{GroupName: "Nobody"}, known},
		"T16-push-present-empty-oin":      {provision.EnsureGroup{}, facts{GroupName: "Nobody"}, known},
		"T15-link-existing-aiw":           {provision.LinkGroup{}, facts{ID: "g-42", Told: "Researchers", GroupName: "Researchers", Members: analysts}, known},
		"T15-link-existing-rename-aiw":    {provision.LinkGroup{}, facts{ID: "g-42", Told: "Researchers", GroupName: "Analysts", Members: analysts}, known},
		"T16-link-existing-oin":           {provision.LinkGroup{}, facts{ID: "g-42", Told: "Researchers", GroupName: "Researchers", Members: analysts}, known},
		"T16-link-existing-rename-oin":    {provision.LinkGroup{}, facts{ID: "g-42", Told: "Researchers", GroupName: "Analysts", Members: analysts}, known},
		"T17-membership-own-list-aiw": {
			provision.SyncMembers{},
			facts{ID: "g-42", GroupName: "Analysts", Members: analysts, Joined: members{memberAna}, Left: members{memberDi}, Knobs: turned("putMembers", "delta")},
			known,
		},
		"T17-membership-nobody-named-aiw": {provision.SyncMembers{}, facts{ID: "g-42", GroupName: "Analysts", Members: analysts, Knobs: turned("putMembers", "always")}, known},
		"T17-provisioned-later-aiw":       {provision.SyncMembers{}, facts{ID: "g-42", GroupName: "Analysts", Joined: members{memberBo, memberAna}}, known},
		"T18-provisioned-later-oin":       {provision.SyncMembers{}, facts{ID: "g-42", GroupName: "Analysts", Joined: members{memberBo, memberAna}}, known},
		"T18-membership-name-beside-oin": {
			provision.SyncMembers{},
			facts{ID: "g-42", GroupName: "Analysts", Joined: analysts, Left: members{memberDi, memberEd}, Knobs: turned("nameWithMembers", "beside")},
			known,
		},
		"T18-membership-name-beside-batches-oin": {
			provision.SyncMembers{},
			facts{ID: "g-42", GroupName: "Analysts", Joined: analysts, Left: members{memberDi, memberEd}, Knobs: knobs{PatchBatch: 3, NameWithMembers: provision.NameBeside}},
			known,
		},
		"T18-membership-no-name-oin": {
			provision.SyncMembers{},
			facts{ID: "g-42", GroupName: "Analysts", Joined: analysts, Left: members{memberDi, memberEd}, Knobs: turned("nameWithMembers", "none")},
			known,
		},
		"T19-rename-own-list-aiw":      {provision.RenameGroup{}, facts{ID: "g-42", GroupName: "Analysts EMEA", Members: analysts, Knobs: turned("putMembers", "delta")}, known},
		"T20-push-now-empty-aiw":       {provision.EnsureGroup{}, facts{ID: "g-42", GroupName: "Nobody"}, known},
		"T20-push-now-empty-whole-oin": {provision.EnsureGroup{}, facts{ID: "g-42", GroupName: "Nobody", Knobs: turned("emptyPush", "whole")}, known},
		"T20-push-now-batches-oin": {
			provision.EnsureGroup{},
			facts{ID: "g-42", GroupName: "Analysts", Members: members{memberAna, memberBo, memberCy}, Knobs: knobs{PatchBatch: 2}},
			known,
		},
		"T20-activate-renamed-oin": {provision.EnsureGroup{}, facts{ID: "g-42", Told: "Researchers", GroupName: "Analysts", Members: analysts}, known},
		"T22-delete":               {provision.RemoveGroup{}, facts{ID: "g-42", GroupName: "Analysts"}, end{Gone: true}},
	}
	for name, tt := range plays {
		tr := readTrace(t, name)
		for _, dialect := range tr.dialects() {
			t.Run(name+" "+string(dialect), func(t *testing.T) {
				tt.facts.Dialect = dialect
				heard, end := play(t, tr, provision.Talk(tt.op, tt.facts))
				if diff := cmp.Diff(wanted(tr), heard); diff != "" {
					t.Errorf("what was said differs (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tt.end, end); diff != "" {
					t.Errorf("the end differs (-want +got):\n%s", diff)
				}
			})
		}
	}
	for name, importGroups := range map[string]bool{"T01-connection": false, "T01-connection-with-groups": true} {
		t.Run(name, func(t *testing.T) {
			tr := readTrace(t, name)
			heard, end := play(t, tr, provision.TestConnection(importGroups))
			if diff := cmp.Diff(wanted(tr), heard); diff != "" {
				t.Errorf("what was said differs (-want +got):\n%s", diff)
			}
			require.Equal(t, provision.End{}, end)
		})
	}
	t.Run("no trace is left unplayed", func(t *testing.T) {
		files, err := filepath.Glob("../testdata/traces/T*.txt")
		require.NoError(t, err)
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".txt")
			_, played := plays[name]
			_, imported := importTraces[name]
			nothing := name == "T08-nothing" || strings.HasPrefix(name, "T21-")
			aside := imported || nothing || strings.HasPrefix(name, "T01-") // an import and the connection test are no Ops
			require.NotEqual(t, played, aside, name)
		}
	})
}

// Three bodies whose Content-Length was recorded from a real Okta: shapes are
// theirs, and any byte more or less is a mistake in the trace itself.
func TestCapturedLengths(t *testing.T) {
	for name, tt := range map[string]struct {
		exchange, length int
	}{
		"T03-assign-present-aiw": {2, 607},
		"T06-unassign-aiw":       {1, 579},
		"T07-unassign-oin":       {0, 118},
	} {
		t.Run(name, func(t *testing.T) {
			said := readTrace(t, name).exchanges[tt.exchange].said
			_, body, _ := strings.Cut(said, "\n\n")
			require.Len(t, body, tt.length)
			require.Contains(t, said, fmt.Sprintf("Content-Length: %d\n", tt.length))
		})
	}
}
