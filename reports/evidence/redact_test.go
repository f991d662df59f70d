package evidence

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// disguises are ways in which a text may hold a secret, and what to look for
// afterwards.
var disguises = map[string]func(before, secret, after string) (text, trace string){
	"raw": func(b, s, a string) (string, string) { return b + s + a, s },
	"base64": func(b, s, a string) (string, string) {
		return base64.StdEncoding.EncodeToString([]byte(b + s + a)), inBase64(base64.StdEncoding, s, len(b)%3)
	},
	"base64 for URLs": func(b, s, a string) (string, string) {
		return base64.RawURLEncoding.EncodeToString([]byte(b + s + a)), inBase64(base64.URLEncoding, s, len(b)%3)
	},
	"hex": func(b, s, a string) (string, string) {
		return hex.EncodeToString([]byte(b + s + a)), hex.EncodeToString([]byte(s))
	},
	"a query":         func(b, s, a string) (string, string) { return "?x=" + url.QueryEscape(b+s+a), url.QueryEscape(s) },
	"a path":          func(b, s, a string) (string, string) { return "/" + url.PathEscape(b+s+a), url.PathEscape(s) },
	"every byte as %": func(b, s, a string) (string, string) { return b + percent(s) + a, percent(s) },
	"every byte as % in a path": func(b, s, a string) (string, string) {
		return "/" + url.PathEscape(b+percent(s)+a), url.PathEscape(percent(s))
	},
	"all escaped in a path": func(b, s, a string) (string, string) {
		return "/" + url.PathEscape(b+escapes(s)+a), url.PathEscape(escapes(s))
	},
	"HTML":             func(b, s, a string) (string, string) { return html.EscapeString(b + s + a), html.EscapeString(s) },
	"JSON":             func(b, s, a string) (string, string) { return `{"x":` + inJSON(b+s+a) + `}`, unquoted(s) },
	"JSON all escaped": func(b, s, a string) (string, string) { return `{"x":"` + escapes(s) + `"}`, escapes(s) },
	"JSON in JSON": func(b, s, a string) (string, string) {
		return `{"x":` + inJSON(`{"y":`+inJSON(b+s+a)+`}`) + `}`, unquoted(unquoted(s))
	},
}

func inJSON(s string) string   { raw, _ := json.Marshal(s); return string(raw) }
func unquoted(s string) string { q := inJSON(s); return q[1 : len(q)-1] }
func percent(s string) string {
	var out strings.Builder
	for _, b := range []byte(s) {
		fmt.Fprintf(&out, "%%%02x", b)
	}
	return out.String()
}

func escapes(s string) string {
	var out strings.Builder
	for _, r := range s {
		fmt.Fprintf(&out, `\u%04x`, r)
	}
	return out.String()
}

func TestNoSecretSurvivesInAnyForm(t *testing.T) {
	for name, disguise := range disguises {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				secret := rapid.StringMatching(`[A-Za-z0-9+/=&"'\\<>% é€._-]{6,40}`).Draw(t, "secret")
				before := rapid.StringMatching(`[a-z .:]{0,9}`).Draw(t, "before")
				after := rapid.StringMatching(`[a-z .:]{0,9}`).Draw(t, "after")
				text, trace := disguise(before, secret, after)
				r := NewRedactor("another-secret", secret)
				got := r.Text(text)
				if strings.Contains(got, trace) || strings.Contains(got, secret) {
					t.Fatalf("%q became %q, which still holds %q", text, got, trace)
				}
				if again := r.Text(got); again != got {
					t.Fatalf("redacting twice made %q of %q", again, got)
				}
			})
		})
	}
}

func TestNoSecretSurvivesACutInAnyForm(t *testing.T) {
	for name, disguise := range disguises {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				secret := rapid.StringMatching(`[A-Za-z0-9+/=]{6,12}`).Draw(t, "secret")
				r := Salted("salt", secret)
				filler := strings.Repeat("zz ", r.margin())
				far := rapid.SampledFrom([]int{0, r.margin()}).Draw(t, "far") // near the cut, or where the margin ends
				before := filler[:far+rapid.IntRange(0, 99).Draw(t, "before")]
				text, trace := disguise(before, secret, filler)
				keep := min(rapid.IntRange(1, 200).Draw(t, "keep"), len(text)-1)
				got, _, cut := strings.Cut(string(r.beginning([]byte(text), keep)), "… [cut: ")
				if whole := r.Text(text); !cut || len(got) > keep || !strings.HasPrefix(whole, got) || strings.Contains(got, trace) {
					t.Fatalf("%q is not the beginning of %q", got, whole[:min(keep, len(whole))])
				}
			})
		})
	}
}

func TestTheEndOfTheMarginIsNoPlaceForAPartEither(t *testing.T) {
	secret := strings.Repeat("QUITE-LONG", 30)
	r := NewRedactor(secret)
	for keep := 1000; keep < 1000+len(secret); keep += 7 {
		got := string(r.beginning([]byte(strings.Repeat(secret, 1000)), keep))
		assert.NotContains(t, got, "QUITE", "so many tags are shorter than what is kept of the text")
	}
}

func TestACutLeavesWholeCharacters(t *testing.T) {
	var r *Redactor
	for keep := 5; keep < 9; keep++ {
		assert.Equal(t, fmt.Sprintf("aaaaa… [cut: %d of 13 bytes are kept]", keep), string(r.beginning([]byte("aaaaa\U0001f600aaaa"), keep)))
	}
}

func TestAnExchangeIsRedactedOnceUnlessASecretCameUp(t *testing.T) {
	r := NewRedactor("first-secret")
	x := r.Exchange(Exchange{ResponseBody: []byte(strings.Repeat("later-secret ", 1<<17))})
	assert.False(t, x.Raw())
	assert.Contains(t, string(x.ResponseBody), "later-secret", "nobody knew")

	again := r.Exchange(x)
	assert.Same(t, &x.ResponseBody[0], &again.ResponseBody[0], "left alone")

	r.Learn("later-secret")
	again = r.Exchange(x)
	assert.NotContains(t, string(again.ResponseBody), "later-secret")
	assert.Equal(t, 1, strings.Count(string(again.ResponseBody), "[cut: "), "cut once")

	other := NewRedactor("later-secret").Exchange(x)
	assert.NotContains(t, string(other.ResponseBody), "later-secret", "another one's mark does not count")
}

func TestTagsTellSecretsApartWithinARunOnly(t *testing.T) {
	tags := func(r *Redactor) (all string) {
		for i := range 9 {
			all += r.Tag(fmt.Sprint(i))
		}
		return all
	}
	r := NewRedactor()
	assert.Equal(t, tags(r), tags(r))
	assert.NotEqual(t, r.Tag("a")+r.Tag("b"), r.Tag("a")+r.Tag("a"))
	assert.NotEqual(t, tags(r), tags(NewRedactor()), "each run draws its salt")
	assert.Equal(t, tags(Salted("a")), tags(Salted("a")))
	assert.NotEqual(t, tags(Salted("a")), tags(Salted("b")))
}

func TestSecretsOfManyTenants(t *testing.T) {
	r := NewRedactor()
	for i := range 1000 {
		r.Learn(fmt.Sprintf("tenant-key-%04d", i))
	}
	r.Learn("tenant-key-0007-and-more")
	assert.Equal(t, "a "+r.Tag("tenant-key-0007")+" b "+r.Tag("tenant-key-0007-and-more"),
		r.Text("a tenant-key-0007 b tenant-key-0007-and-more"), "the longer one first")
}

func TestASecretThatOverlapsItselfIsTakenOutOnce(t *testing.T) {
	r := NewRedactor("abcabcabc")
	assert.Equal(t, r.Tag("abcabcabc")+"abcabc", r.Text("abcabcabcabcabc"))
}

func TestAShortSecretDoesNotEatTheText(t *testing.T) {
	assert.Equal(t, "an ant", NewRedactor("an").Text("an ant"))
}

var anonymous = regexp.MustCompile(`\[redacted [0-9a-f]{4}\]`)

func TestBodiesAreRedactedByName(t *testing.T) {
	r := NewRedactor()
	x, n := r.Tag("x"), r.Tag("7")
	for name, tt := range map[string]struct{ body, want string }{
		"a password":                                     {`{ "userName":"a",  "password":"x" }`, `{ "userName":"a",  "password":"` + x + `" }`},
		"in any letter case and spelling":                {`{"PassWord":"x","access_token":"x","accessToken":"x"}`, `{"PassWord":"` + x + `","access_token":"` + x + `","accessToken":"` + x + `"}`},
		"a name written with escapes":                    {`{"pass\u0077ord":"x"}`, `{"pass\u0077ord":"` + x + `"}`},
		"a number":                                       {`{"token":7,"a":8}`, `{"token":"` + n + `","a":8}`},
		"all that is below":                              {`{"secret":{"a":["x",{"b":"x"}]},"c":"x"}`, `{"secret":{"a":["` + x + `",{"b":"` + x + `"}]},"c":"x"}`},
		"a PATCH that names it by path":                  {`{"Operations":[{"op":"replace","value":"x","path":"password"},{"value":"x"}]}`, `{"Operations":[{"op":"replace","value":"` + x + `","path":"password"},{"value":"x"}]}`},
		"a secret that looks like another within":        {`{"value":"token=x","path":"password"}`, `{"value":"` + r.Tag("token=x") + `","path":"password"}`},
		"a path with its schema":                         {`{"path":"urn:ietf:params:scim:schemas:core:2.0:User:password","value":"x"}`, `{"path":"urn:ietf:params:scim:schemas:core:2.0:User:password","value":"` + x + `"}`},
		"a body that was cut":                            {`{"a":[{"password":"x`, `{"a":[{"password":"` + x},
		"a PATCH that was cut before its path":           {`{"Operations":[{"op":"add","value":"a","path":"title"},{"value":"x","op":"rep`, `{"Operations":[{"op":"add","value":"a","path":"title"},{"value":"` + x + `","op":"rep`},
		"JSON within a string that was cut in an escape": {`{"detail":"{\"password\":\"x\",\"a\":\"\u00`, `{"detail":"{\"password\":\"` + x + `\",\"a\":\"\\u00`},
		"a body that is no JSON":                         {`so "password": "x" it is`, `so "password": "` + x + `" it is`},
		"JSON within a string":                           {`{"detail":"{\"password\":\"x\"}"}`, `{"detail":"{\"password\":\"` + x + `\"}"}`},
		"what looks alike stays":                         {`{"changePassword":{"supported":true},"name":"password","tokens":"x"}`, `{"changePassword":{"supported":true},"name":"password","tokens":"x"}`},
		"null and booleans stay":                         {`{"password":null,"token":true}`, `{"password":null,"token":true}`},
		"order, blanks and twins stay":                   {"{\"b\" : 1,\n\t\"a\":1.0,\"a\":1e5}", "{\"b\" : 1,\n\t\"a\":1.0,\"a\":1e5}"},
		"a form":                                         {`grant=y&client_secret=x&b=c`, `grant=y&client_secret=` + x + `&b=c`},
		"a URL with userinfo":                            {`see https://a:x@host/y`, `see https://` + r.Tag("a:x") + `@host/y`},
		"a URL with a token":                             {`https://host/y?access_token=x&a=b`, `https://host/y?access_token=` + x + `&a=b`},
		"a parameter after another's sign":               {`?a=b?token=x&c=d`, `?a=b?token=` + x + `&c=d`},
		"a parameter at the start of a string":           {`{"detail":"token=x"}`, `{"detail":"token=` + x + `"}`},
		"a word before an equals sign is no parameter":   {`that token=x`, `that token=x`},
		"an e-mail address is no userinfo":               {`{"userName":"ana@example.com"}`, `{"userName":"ana@example.com"}`},
		"bytes that are no text stay":                    {"\xff\xfe\x00\"", "\xff\xfe\x00\""},
		"an empty password says that it is":              {`{"password":""}`, `{"password":""}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.Body([]byte(tt.body))
			assert.Equal(t, tt.want, string(got))
			assert.Equal(t, tt.want, string(r.Body(got)), "redacting twice changes nothing")
			var untold *Redactor
			assert.Equal(t, anonymous.ReplaceAllString(tt.want, "[redacted]"), string(untold.Body([]byte(tt.body))), "by name, without a run")
		})
	}
}

func TestHeadersAreRedactedByName(t *testing.T) {
	r := NewRedactor()
	got := r.Header(http.Header{
		"Authorization":        {"Bearer abc", "abc"},
		"Proxy-Authorization":  {"Basic YTpi"},
		"Cookie":               {"a=1; b=2"},
		"Set-Cookie":           {"sid=abc; Path=/; HttpOnly"},
		"X-Api-Key":            {"abc"},
		"X-Amz-Security-Token": {"abc"},
		"Location":             {"https://u:p@host/Users/1"},
		"Www-Authenticate":     {`Bearer realm="x"`},
		"Content-Type":         {"application/scim+json"},
	})
	assert.Equal(t, http.Header{
		"Authorization":        {"Bearer " + r.Tag("abc"), r.Tag("abc")},
		"Proxy-Authorization":  {"Basic " + r.Tag("YTpi")},
		"Cookie":               {"a=" + r.Tag("1") + "; b=" + r.Tag("2")},
		"Set-Cookie":           {"sid=" + r.Tag("abc") + "; Path=/; HttpOnly"},
		"X-Api-Key":            {r.Tag("abc")},
		"X-Amz-Security-Token": {r.Tag("abc")},
		"Location":             {"https://" + r.Tag("u:p") + "@host/Users/1"},
		"Www-Authenticate":     {`Bearer realm="x"`},
		"Content-Type":         {"application/scim+json"},
	}, got)
	assert.Equal(t, got, r.Header(got), "redacting twice changes nothing")
}

func FuzzRedactingNeverPanicsAndKeepsTheRest(f *testing.F) {
	for _, seed := range []string{`{"a":"b"}`, `{"path":"password","value":"x"}`, `[[[`, `"\`, `{"password":`, `\u12`, `%a`, `&#x;`} {
		f.Add(seed)
	}
	r := NewRedactor("sëcret/\"1", "another")
	f.Fuzz(func(t *testing.T, s string) {
		got := r.Body([]byte(s))
		if json.Valid([]byte(s)) && !json.Valid(got) {
			t.Fatalf("%q was JSON and became %q", s, got)
		}
	})
}

func TestASecretGoesWithAllOfItsEscapesAndNothingElse(t *testing.T) {
	const secret = `key "1"`
	r := NewRedactor(secret)
	tag := r.Tag(secret)
	for name, tt := range map[string]struct{ text, want string }{
		"raw":                         {`a key "1" b`, `a ` + tag + ` b`},
		"percent, here and there":     {`a%20k%65y%20%22%31%22%20b`, `a%20` + tag + `%20b`},
		"backslashes":                 {`["a key \u0022\u0031\" b"]`, `["a ` + tag + ` b"]`},
		"entities":                    {`<p>key&#32;&quot;1&#x22;</p>`, `<p>` + tag + `</p>`},
		"base64 from its first byte":  {b64(secret + "tail"), b64(secret + "tail")[:0] + tag + b64(secret + "tail")[9:]},
		"base64 from its second byte": {b64("a" + secret + "tail"), b64("a" + secret + "tail")[:2] + tag + b64("a" + secret + "tail")[10:]},
		"base64 from its third byte":  {b64("aa" + secret + "tail"), b64("aa" + secret + "tail")[:3] + tag + b64("aa" + secret + "tail")[12:]},
		"base64 by itself":            {b64(secret), tag},
		"twice":                       {`key "1"key "1"`, tag + tag},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, r.Text(tt.text))
		})
	}
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
