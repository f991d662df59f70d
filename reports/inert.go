package reports

import (
	"fmt"
	"strings"
	"unicode"
)

// Inert is for whoever prints, outside of a report, what anybody may have
// written: the result is one line, and nothing in it can act.
func Inert(s string) string { return inert(s) }

// inert makes one line of what anybody may have written: nothing in it can move
// a cursor, colour a terminal, turn the direction of text or begin another line,
// and no CI service that reads our output takes it for a command.
//
// GitHub obeys "::name" where a line begins, blanks aside; it, Azure and
// TeamCity obey "##[", "##vso[" and "##teamcity[" anywhere.
func inert(s string) string {
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
