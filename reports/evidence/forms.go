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
// found by their first bytes, their head, so that the time to search a text does
// not grow with the number of secrets. The zero value is empty.
type forms struct {
	byHead  map[head][]form // the longest first
	filter  [1 << (filterBits - 6)]uint64
	longest int
	secrets int
}

type form struct{ text, tag string }

// A head is the first bytes of a form, as many as the shortest one has.
type head uint64

const headMask = 1<<(8*shortest) - 1

func (h head) then(next byte) head { return (h<<8 | head(next)) & headMask }

func headOf(s string) (h head) {
	for i := range shortest {
		h = h.then(s[i])
	}
	return h
}

// The filter has a bit set for each head that is in byHead, so that nearly all
// places of a text are passed over without asking the map.
const filterBits = 18

func (h head) bit() (word, bit uint64) {
	spread := uint64(h) * 0x9e3779b97f4a7c15 >> (64 - filterBits) // Fibonacci hashing
	return spread >> 6, 1 << (spread & 63)
}

func (f *forms) add(secret, tag string) {
	f.secrets++
	for _, text := range shapes(secret) {
		f.addForm(form{text, tag})
	}
}

func (f *forms) addForm(n form) {
	if f.byHead == nil {
		f.byHead = map[head][]form{}
	}
	h := headOf(n.text)
	if slices.ContainsFunc(f.byHead[h], func(o form) bool { return o.text == n.text }) {
		return
	}
	f.longest = max(f.longest, len(n.text))
	f.byHead[h] = append(f.byHead[h], n)
	slices.SortStableFunc(f.byHead[h], func(a, b form) int { return len(b.text) - len(a.text) })
	word, bit := h.bit()
	f.filter[word] |= bit
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
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	// A URL escapes what a server said, which may be escaped already; and whoever
	// shows the URL for reading takes the outer escapes off.
	for _, v := range views {
		outer := viewOf(s, '%', undoPercent)
		if strings.IndexByte(outer.text, v.mark) >= 0 {
			s = f.cut(s, outer.through(v.mark, v.undo))
		}
	}
	return s
}

// cut replaces in s whatever the view of s shows to be a secret.
func (f *forms) cut(s string, v view) string {
	var edits []span
	var h head
	free := 0 // where the next form may begin
	for i := 0; i < len(v.text); i++ {
		h = h.then(v.text[i])
		start := i + 1 - shortest
		if word, bit := h.bit(); f.filter[word]&bit == 0 || start < free {
			continue
		}
		if found, ok := f.at(h, v.text[start:]); ok {
			free = start + len(found.text)
			edits = append(edits, span{v.place(start), v.place(free), found.tag})
			i = free - 1
		}
	}
	return spliced(s, edits)
}

func (f *forms) at(h head, s string) (form, bool) {
	for _, candidate := range f.byHead[h] {
		if strings.HasPrefix(s, candidate.text) {
			return candidate, true
		}
	}
	return form{}, false
}
