package evidence

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Inert makes one line of what anybody may have written: nothing in it can move
// a cursor, colour a terminal, turn the direction of text or begin another line,
// and no CI service that reads our output takes it for a command.
//
// GitHub obeys "::name" where a line begins, blanks aside; it, Azure and
// TeamCity obey "##[", "##vso[" and "##teamcity[" anywhere.
func Inert(s string) string {
	var out strings.Builder
	if strings.HasPrefix(strings.TrimSpace(s), "::") {
		out.WriteByte('\\')
	}
	var before rune
	for _, r := range s {
		switch {
		case r == '#' && before == '#':
			out.WriteString(`\#`)
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\t':
			out.WriteByte(' ')
		case r == ' ', unicode.IsPrint(r):
			out.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&out, `\x%02x`, r)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		before = r
	}
	return out.String()
}

// InertJSON is JSON that means the same and acts on nobody who prints it: what
// [Inert] takes out of a line is written as an escape. Outside of strings JSON has
// none of it.
func InertJSON(raw []byte) []byte {
	if !bytes.Contains(raw, []byte("##")) && bytes.IndexFunc(raw, acts) < 0 {
		return raw
	}
	out := make([]byte, 0, len(raw)+64)
	var before rune
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		switch {
		case r == '#' && before == '#':
			out = append(out, `\u0023`...)
		case !acts(r):
			out = append(out, raw[:n]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		raw, before = raw[n:], r
	}
	return out
}

func acts(r rune) bool { return r != ' ' && r != '\n' && !unicode.IsPrint(r) }
