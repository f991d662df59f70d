package refserver_test

import (
	"regexp"
	"strings"
	"testing"
)

func TestTheConfigurationTellsTheTruth(t *testing.T) {
	s := newTenant(t)
	r := s.request("GET", "/ServiceProviderConfig", "")
	r.Header.Del("Authorization")
	open := s.send(r).is(200)
	a := s.ask("GET", "/ServiceProviderConfig", "").is(200)
	if a.Body.String() != open.Body.String() {
		t.Errorf("with a key it shows %s", a.Body)
	}
	a.has("patch/supported", "true", "filter/supported", "true", "filter/maxResults", "1000", "bulk/supported", "false",
		"sort/supported", "false", "etag/supported", "false", "changePassword/supported", "false")
	s.ask("POST", "/Bulk", "{}").fails(501, "")
	r = s.request("GET", "/ServiceProviderConfig", "")
	r.Header.Set("Authorization", "Bearer wrong")
	s.send(r).fails(401, "")
	s.path = "/scim/nothere"
	r = s.request("GET", "/ServiceProviderConfig", "")
	r.Header.Del("Authorization")
	s.send(r).fails(401, "")
}

func TestResourceTypesNameSchemasThatAreThere(t *testing.T) {
	s := newTenant(t)
	types := s.ask("GET", "/ResourceTypes?count=1&startIndex=2", "").is(200).has("totalResults", "2")
	for _, v := range types.body["Resources"].([]any) {
		one := v.(map[string]any)
		s.ask("GET", "/ResourceTypes/"+one["name"].(string), "").is(200).has("endpoint", `"`+one["endpoint"].(string)+`"`)
		s.ask("GET", one["endpoint"].(string), "").is(200)
		s.ask("GET", "/Schemas/"+one["schema"].(string), "").is(200).has("id", `"`+one["schema"].(string)+`"`)
		for _, x := range one["schemaExtensions"].([]any) {
			s.ask("GET", "/Schemas/"+x.(map[string]any)["schema"].(string), "").is(200)
		}
	}
	s.ask("GET", "/Schemas/urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AUser", "").is(200)
}

func TestSchemasAreWellFormed(t *testing.T) {
	s := newTenant(t)
	all := s.ask("GET", "/Schemas", "").is(200).has("totalResults", "4", "itemsPerPage", "4")
	for _, v := range all.body["Resources"].([]any) {
		one := v.(map[string]any)
		if one["meta"] == nil || one["schemas"] == nil {
			t.Errorf("%s lacks schemas or meta", one["id"])
		}
		checkAttributes(t, one["id"].(string), one["attributes"].([]any), 0)
	}
}

func checkAttributes(t *testing.T, of string, list []any, depth int) {
	t.Helper()
	name := regexp.MustCompile(`^(\$ref|[A-Za-z][A-Za-z0-9$_-]*)$`)
	for _, v := range list {
		a := v.(map[string]any)
		where := of + " " + a["name"].(string)
		if !name.MatchString(a["name"].(string)) || a["description"] == "" {
			t.Errorf("%s: a bad name, or no description", where)
		}
		for key, allowed := range map[string]string{
			"type": "string boolean integer dateTime binary reference complex", "mutability": "readOnly readWrite immutable writeOnly",
			"returned": "always never default", "uniqueness": "none server",
		} {
			if s, _ := a[key].(string); s == "" || !strings.Contains(" "+allowed+" ", " "+s+" ") {
				t.Errorf("%s: %s is %v", where, key, a[key])
			}
		}
		for _, key := range []string{"multiValued", "required", "caseExact"} {
			if _, ok := a[key].(bool); !ok {
				t.Errorf("%s: %s is %v", where, key, a[key])
			}
		}
		sub, _ := a["subAttributes"].([]any)
		if (a["type"] == "complex") != (len(sub) > 0) || depth > 0 && len(sub) > 0 {
			t.Errorf("%s: %s with %d sub-attributes", where, a["type"], len(sub))
		}
		if (a["type"] == "reference") != (a["referenceTypes"] != nil) {
			t.Errorf("%s: %s with reference types %v", where, a["type"], a["referenceTypes"])
		}
		checkAttributes(t, where, sub, depth+1)
	}
}
