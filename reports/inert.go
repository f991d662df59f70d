package reports

import (
	"fmt"
	"strings"
	"unicode"
)

// inert makes one line of what anybody may have written: nothing in it can move
// a cursor, colour a terminal, turn the direction of text, begin another line,
// or be taken for a command by a CI service that reads our output (GitHub's
// "::error", Azure's "##vso[").
func inert(s string) string {
	var out strings.Builder
	for _, r := range s {
		switch {
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
	}
	return commands.Replace(out.String())
}

// Whatever the replacement leaves, no "::" and no "##" is in it.
var commands = strings.NewReplacer("::", ":\u200b:", "##", "#\u200b#")
