package evidence

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"net/url"
	"slices"
	"strings"
)

// Forms are the shapes in which known secrets may appear in text. They are
// indexed by their first bytes, so that the time to search a text does not grow
// with the number of secrets. The zero value is empty.
type forms struct {
	byHead map[[shortest]byte][]form // the longest first
}

type form struct{ text, tag string }

func (f *forms) add(secret string) {
	tag := Tag(secret)
	for _, text := range shapes(secret) {
		f.addForm(form{text, tag})
	}
}

func (f *forms) addForm(n form) {
	if f.byHead == nil {
		f.byHead = map[[shortest]byte][]form{}
	}
	head := [shortest]byte([]byte(n.text[:shortest]))
	if slices.ContainsFunc(f.byHead[head], func(o form) bool { return o.text == n.text }) {
		return
	}
	f.byHead[head] = append(f.byHead[head], n)
	slices.SortStableFunc(f.byHead[head], func(a, b form) int { return len(b.text) - len(a.text) })
}

// shapes lists what a secret is written as. Escapes in which each character may
// or may not be escaped (percent, backslash, entity) are not listed: they are
// undone before the search, see [views].
func shapes(secret string) []string {
	all := []string{
		secret,
		hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
		url.QueryEscape(secret), html.EscapeString(secret),
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		all = append(all, encoding.EncodeToString([]byte(secret)))
		for offset := range 3 {
			all = append(all, inBase64(encoding, secret, offset))
		}
	}
	return slices.DeleteFunc(all, func(s string) bool { return len(s) < shortest })
}

// inBase64 is what a base64 text shows of a secret that begins offset bytes past
// a multiple of three, whatever stands around it: the characters that carry
// bits of the secret alone.
func inBase64(encoding *base64.Encoding, secret string, offset int) string {
	whole := encoding.EncodeToString([]byte(strings.Repeat("\x00", offset) + secret))
	first := (offset*8 + 5) / 6
	end := (offset + len(secret)) * 8 / 6
	return whole[first:end]
}

// redact replaces every form in s, also where s writes it with escapes.
func (f *forms) redact(s string) string {
	if len(f.byHead) == 0 {
		return s
	}
	s = f.cut(s, plainly(s))
	for _, v := range views {
		if strings.IndexByte(s, v.mark) >= 0 {
			s = f.cut(s, viewOf(s, v.mark, v.undo))
		}
	}
	return s
}

// cut replaces in s whatever the view of s shows to be a secret.
func (f *forms) cut(s string, v view) string {
	var out strings.Builder
	kept := 0
	for i := 0; i+shortest <= len(v.text); {
		found, ok := f.at(v.text[i:])
		if !ok {
			i++
			continue
		}
		from, to := v.place(i), v.place(i+len(found.text))
		out.WriteString(s[kept:from])
		out.WriteString(found.tag)
		kept = to
		i += len(found.text)
	}
	if kept == 0 {
		return s
	}
	out.WriteString(s[kept:])
	return out.String()
}

func (f *forms) at(s string) (form, bool) {
	for _, candidate := range f.byHead[[shortest]byte([]byte(s[:shortest]))] {
		if strings.HasPrefix(s, candidate.text) {
			return candidate, true
		}
	}
	return form{}, false
}
