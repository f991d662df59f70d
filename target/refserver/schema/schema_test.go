package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
)

// The user schemas of RFC 7643, sections 8.7.1 and 4.3: a line for each attribute
// with what is not the default of section 2.2. Where the reference server differs
// from section 8.7.1 the reason stands behind "now".
const (
	userOfTheRFC = `
userName string required unique
name complex
name.formatted string
name.familyName string
name.givenName string
name.middleName string
name.honorificPrefix string
name.honorificSuffix string
displayName string
nickName string
profileUrl reference now exact, as section 2.3.7 says of every reference
title string
userType string
preferredLanguage string
locale string
timezone string
active boolean
password string writeOnly never now exact; it is compared with nothing
emails complex several
emails.value string
emails.display string
emails.type string
emails.primary boolean
phoneNumbers complex several
phoneNumbers.value string
phoneNumbers.display string
phoneNumbers.type string
phoneNumbers.primary boolean
ims complex several
ims.value string
ims.display string
ims.type string
ims.primary boolean
photos complex several
photos.value reference now exact, as section 2.3.7 says of every reference
photos.display string
photos.type string
photos.primary boolean
addresses complex several
addresses.formatted string
addresses.streetAddress string
addresses.locality string
addresses.region string
addresses.postalCode string
addresses.country string
addresses.type string
addresses.primary boolean now there, as in section 2.4 and in the example of section 8.2
groups complex several readOnly
groups.value string readOnly now exact, as the id that it is
groups.$ref reference readOnly now exact, as section 2.3.7 says of every reference
groups.display string readOnly
groups.type string readOnly
entitlements complex several
entitlements.value string
entitlements.display string
entitlements.type string
entitlements.primary boolean
roles complex several
roles.value string
roles.display string
roles.type string
roles.primary boolean
x509Certificates complex several
x509Certificates.value binary now exact, as section 2.3.6 says of what is binary
x509Certificates.display string
x509Certificates.type string
x509Certificates.primary boolean
`
	enterpriseOfTheRFC = `
employeeNumber string
costCenter string
organization string
division string
department string
manager complex
manager.value string now exact, as the id that it is
manager.$ref reference now exact, as section 2.3.7 says of every reference
manager.displayName string readOnly
`
)

func TestTheUserSchemasAreTheRFCs(t *testing.T) {
	enterprise, _ := schema.Users.Extension(schema.EnterpriseUser)
	for text, s := range map[string]schema.Schema{userOfTheRFC: schema.Users.Base, enterpriseOfTheRFC: enterprise} {
		var want []string
		for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
			line, now, _ := strings.Cut(line, " now ")
			if strings.HasPrefix(now, "exact") {
				line += " exact"
			}
			want = append(want, line)
		}
		if diff := cmp.Diff(want, lines("", s.Attributes)); diff != "" {
			t.Errorf("%s:\n%s", s.Name, diff)
		}
	}
}

// lines are attributes in the form of the tables above.
func lines(in string, attributes []schema.Attribute) (all []string) {
	for _, a := range attributes {
		line := in + a.Name + " " + a.Type
		if a.MultiValued {
			line += " several"
		}
		if a.Required {
			line += " required"
		}
		if a.Mutability != "" && a.Mutability != schema.ReadWrite {
			line += " " + a.Mutability
		}
		if a.Returned != "" {
			line += " " + a.Returned
		}
		if a.Uniqueness == "server" {
			line += " unique"
		}
		if a.CaseExact {
			line += " exact"
		}
		all = append(all, line)
		all = append(all, lines(in+a.Name+".", a.Sub)...)
	}
	return all
}

// A thing has attributes of every mutability, also where a user has none.
var thing = schema.Type{Name: "Thing", Base: schema.Schema{ID: "urn:x:y:Thing", Attributes: []schema.Attribute{
	{Name: "free", Type: schema.String},
	{Name: "kept", Type: schema.String, Mutability: schema.ReadOnly},
	{Name: "secret", Type: schema.String, Mutability: schema.WriteOnly, Returned: "never"},
	{Name: "one", Type: schema.Complex, Sub: []schema.Attribute{{Name: "free", Type: schema.String}, {Name: "kept", Type: schema.String, Mutability: schema.ReadOnly}}},
	{Name: "many", Type: schema.Complex, MultiValued: true, Sub: []schema.Attribute{{Name: "free", Type: schema.String}, {Name: "kept", Type: schema.String, Mutability: schema.ReadOnly}}},
}}, Extensions: []schema.Schema{
	{ID: "urn:x:z:Own", Attributes: []schema.Attribute{{Name: "kept", Type: schema.String, Mutability: schema.ReadOnly}}},
	{ID: "urn:x:z:Mixed", Attributes: []schema.Attribute{{Name: "free", Type: schema.String}, {Name: "kept", Type: schema.String, Mutability: schema.ReadOnly}}},
}}

func read(t *testing.T, text string) *resource.Object {
	t.Helper()
	o, err := resource.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestWhatIsReadOnlyIsDropped(t *testing.T) {
	for given, want := range map[string]string{
		`{"free":"a","KEPT":"b","id":"c","meta":{"version":"d"},"externalId":"e"}`: `{"free":"a","externalId":"e"}`,
		`{"secret":"a","unknown":{"kept":"b"}}`:                                    `{"unknown":{"kept":"b"}}`,
		`{"one":{"free":"a","kept":"b"}}`:                                          `{"one":{"free":"a"}}`,
		`{"one":{"kept":"b"},"free":"a"}`:                                          `{"free":"a"}`,
		`{"many":[{"kept":"a"},{"free":"b","kept":"c"},{"other":"d"}]}`:            `{"many":[{"free":"b"},{"other":"d"}]}`,
		`{"many":[{"kept":"a"}]}`:                                                  `{}`,
		`{"urn:x:z:Own":{"kept":"a","other":"b"}}`:                                 `{}`,
		`{"urn:x:z:Mixed":{"free":"a","kept":"b"}}`:                                `{"urn:x:z:Mixed":{"free":"a"}}`,
		`{"urn:x:z:mixed":{"kept":"b"}}`:                                           `{}`,
		`{"urn:x:z:Other":{"kept":"b"}}`:                                           `{"urn:x:z:Other":{"kept":"b"}}`,
	} {
		r := read(t, given)
		if thing.DropReadOnly(r); r.String() != want {
			t.Errorf("%s becomes %s, want %s", given, r, want)
		}
	}
}

func TestWhatIsReadOnlyIsNotAltered(t *testing.T) {
	const before = `{"id":"1","free":"a","kept":"b","one":{"free":"c","kept":"d"},"urn:x:z:Own":{"kept":"e"},"urn:x:z:Mixed":{"free":"f"}}`
	for after, want := range map[string]string{
		before: "",
		`{"ID":"1","free":"x","KEPT":"b","one":{"free":"x","kept":"d"},"urn:x:z:Own":{"kept":"e"},"schemas":["x"]}`: "",
		`{"id":"1","kept":"b","one":null,"urn:x:z:Own":{"kept":"e","other":null}}`:                                  "",
		`{"id":"2","kept":"b","urn:x:z:Own":{"kept":"e"}}`:                                                          "id",
		`{"kept":"b","urn:x:z:Own":{"kept":"e"}}`:                                                                   "id",
		`{"id":"1","kept":"B","urn:x:z:Own":{"kept":"e"}}`:                                                          "kept",
		`{"id":"1","kept":null,"urn:x:z:Own":{"kept":"e"}}`:                                                         "kept",
		`{"id":"1","kept":"b","one":{"kept":"x"},"urn:x:z:Own":{"kept":"e"}}`:                                       "one.kept",
		`{"id":"1","kept":"b","one":{"free":"c"},"urn:x:z:Own":{"kept":"e"}}`:                                       "one.kept",
		`{"id":"1","kept":"b","urn:x:z:Own":{"kept":"x"}}`:                                                          "urn:x:z:Own",
		`{"id":"1","kept":"b"}`: "urn:x:z:Own",
		`{"id":"1","kept":"b","urn:x:z:Own":{"kept":"e"},"urn:x:z:Mixed":{"kept":"x"}}`: "urn:x:z:Mixed:kept",
	} {
		if got := thing.Altered(read(t, before), read(t, after)); got != want {
			t.Errorf("%s alters %q, want %q", after, got, want)
		}
	}
}

func TestTimesHaveADateAndATime(t *testing.T) {
	for text, want := range map[string]string{
		"2024-01-02T03:04:05Z": "2024-01-02T03:04:05Z", "2024-01-02T05:04:05.25+02:00": "2024-01-02T03:04:05.25Z", "2024-01-02T03:04:05": "2024-01-02T03:04:05Z",
		"2024-01-02": "", "03:04:05": "", "": "", "2024-13-02T03:04:05Z": "", "2024-01-02 03:04:05Z": "", "1704164645": "", "now": "",
	} {
		got, err := schema.ParseTime(text)
		if (err == nil) != (want != "") || err == nil && got.UTC().Format("2006-01-02T15:04:05.999999999Z07:00") != want {
			t.Errorf("%q is %v, %v, want %q", text, got, err, want)
		}
	}
}
