package directory

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// An expression fills an attribute of the application's profile from what a
// person has in Okta.
type expression interface{ of(Profile) any }

type (
	attributeOf string       // user.NAME: its value, whatever it is
	literal     string       // 'work' or "work"
	joined      []expression // user.a + " " + user.b: text
	// unlessEmpty is Okta's own expression for the type of an address: a text where
	// an attribute has a value, else none.
	unlessEmpty struct {
		name string
		text literal
	}
)

func (e attributeOf) of(p Profile) any { return p[string(e)] }
func (e literal) of(Profile) any       { return string(e) }

func (e joined) of(p Profile) any {
	var all strings.Builder
	for _, part := range e {
		switch v := part.of(p).(type) {
		case string:
			all.WriteString(v)
		case float64:
			all.WriteString(strconv.FormatFloat(v, 'f', -1, 64))
		case bool:
			all.WriteString(strconv.FormatBool(v))
		}
	}
	return all.String()
}

func (e unlessEmpty) of(p Profile) any {
	if s, isText := p[e.name].(string); p[e.name] == nil || isText && s == "" {
		return nil
	}
	return string(e.text)
}

// understood is what of the Okta Expression Language the mock reads.
const understood = `the mock understands user.NAME, 'text' or "text", these joined by +, and (user.NAME != null && user.NAME != '') ? 'text' : ''`

var (
	ofUser      = regexp.MustCompile(`^user\.([A-Za-z][A-Za-z0-9_]*)`)
	quoted      = regexp.MustCompile(`^(?:'([^'\\]*)'|"([^"\\]*)")`)
	conditional = regexp.MustCompile(`^\(\s*user\.([A-Za-z][A-Za-z0-9_]*)\s*!=\s*null\s*&&\s*user\.([A-Za-z][A-Za-z0-9_]*)\s*!=\s*(?:''|"")\s*\)\s*\?\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*:\s*(?:''|"")$`)
)

// parse reads an expression; what it cannot read is refused with what it can.
func parse(text string) (expression, error) {
	text = strings.TrimSpace(text)
	if m := conditional.FindStringSubmatch(text); m != nil && m[1] == m[2] {
		return unlessEmpty{m[1], literal(m[3] + m[4])}, nil
	}
	var all joined
	for rest := text; ; {
		part, after := operand(rest)
		if part == nil {
			return nil, fmt.Errorf("%q cannot be read: %s", text, understood)
		}
		all = append(all, part)
		if after = strings.TrimSpace(after); after == "" {
			break
		}
		next, more := strings.CutPrefix(after, "+")
		if !more {
			return nil, fmt.Errorf("%q cannot be read: %s", text, understood)
		}
		rest = strings.TrimSpace(next)
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

// operand reads what stands at the beginning; nil when it is no operand.
func operand(text string) (e expression, after string) {
	if m := ofUser.FindStringSubmatch(text); m != nil {
		return attributeOf(m[1]), text[len(m[0]):]
	}
	if m := quoted.FindStringSubmatch(text); m != nil {
		return literal(m[1] + m[2]), text[len(m[0]):]
	}
	return nil, text
}
