package evidence

import (
	"fmt"
	"strings"
	"testing"
)

// mebibytes are bodies of one MiB, such as targets answer with.
func mebibytes() map[string]string {
	long := func(one string) string { return strings.Repeat(one, 1<<20/len(one)+1)[:1<<20] }
	var list strings.Builder
	list.WriteString(`{"Resources":[`)
	for i := 0; list.Len() < 1<<20; i++ {
		fmt.Fprintf(&list, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"%08d","userName":"ana%d-r7k2@example.com","active":true,`+
			`"name":{"givenName":"Ana","familyName":"O'Brien"},"emails":[{"value":"ana%d-r7k2@example.com","primary":true}],`+
			`"meta":{"resourceType":"User","location":"https://scim.example.com/v2/Users/%08d"}},`, i, i, i, i)
	}
	return map[string]string{
		"accounts":     list.String()[:1<<20],
		"text":         strings.Repeat("x", 1<<20),
		"numbers":      `["",` + long("1,"),
		"escapes":      `{"x":"` + long(`\u0061\"`),
		"JSON in JSON": `{"x":` + inJSON(list.String()[:1<<19]+`"}]}`) + `}`,
		"open braces":  long(`{"a":`),
		"quotes":       long(`"`),
		"pairs":        `{` + long(`"name":"x",`),
		"queries":      `https://h/?` + long("a=b&"),
		"percent":      long("%61%zz"),
		"entities":     long("&amp;&x"),
		"passwords":    `[` + long(`{"password":"x"},`),
	}
}

func BenchmarkRedact(b *testing.B) {
	r := NewRedactor("a-token-of-some-length-1234567890", "another-secret")
	for name, body := range mebibytes() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				r.Body([]byte(body))
			}
		})
	}
}
