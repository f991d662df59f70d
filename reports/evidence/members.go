package evidence

import (
	"encoding/json"
	"strings"
)

const (
	deepestText   = 3   // JSON in a string of JSON in a string …
	deepestObject = 512 // beyond, nesting is no longer told apart
)

// members takes out of a text what its JSON members named as secrets hold,
// wherever in the text there is JSON. It reads tokens, not a grammar: of a body
// that is broken or cut, what is there is redacted all the same, and everything
// else keeps its bytes.
//
// A PATCH may name the attribute apart from its value (RFC 7644, section 3.5.2:
// {"path":"password","value":"…"}), so that is seen too.
func (r *Redactor) members(s string, depth int) string {
	sc := scan{redact: r, text: s, depth: depth, frames: []frame{{}}}
	for i := 0; i < len(s); {
		i = sc.token(i)
	}
	sc.end()
	return spliced(s, sc.edits)
}

// A frame is an object or array that the scan is inside of.
type frame struct {
	hidden bool   // everything in it is secret
	key    string // the member being read, "" in an array
	secret bool   // key is named as secrets are

	path       bool     // there is a "path"
	pathSecret bool     // and it names a secret
	values     []scalar // its "value"
}

// A scalar is a number, or what stands between quotes.
type scalar struct {
	from, to int
	plain    string // without its escapes
	number   bool
}

type scan struct {
	redact *Redactor
	text   string
	depth  int
	frames []frame
	deeper int // nesting beyond deepestObject
	edits  []span
}

func (s *scan) top() *frame { return &s.frames[len(s.frames)-1] }

// token reads the token at i and returns where the next one begins.
func (s *scan) token(i int) int {
	switch c := s.text[i]; {
	case c == '"':
		return s.quoted(i)
	case c == '{' || c == '[':
		s.enter()
	case c == '}' || c == ']':
		s.leave()
	case c == ',':
		f := s.top()
		f.key, f.secret = "", false
	case c == '-' || c >= '0' && c <= '9':
		return s.number(i)
	}
	return i + 1
}

func (s *scan) enter() {
	if len(s.frames) >= deepestObject {
		s.deeper++
		return
	}
	f := s.top()
	s.frames = append(s.frames, frame{hidden: f.hidden || f.secret})
}

func (s *scan) leave() {
	switch f := s.top(); {
	case s.deeper > 0:
		s.deeper--
	case len(s.frames) > 1:
		if f.pathSecret {
			s.hide(f.values...)
		}
		s.frames = s.frames[:len(s.frames)-1]
	}
}

// end closes what the text left open. An object that was cut before its path
// came may hold a secret: nobody can know any more.
func (s *scan) end() {
	for i, f := range s.frames {
		if cut := i > 0 && !f.path; cut || f.pathSecret {
			s.hide(f.values...)
		}
	}
}

func (s *scan) quoted(i int) int {
	end, closed := endOfString(s.text, i)
	v := scalar{from: i + 1, to: end}
	if closed {
		v.to--
	}
	v.plain = unquote(s.text[v.from:v.to])
	if closed {
		next := end
		for next < len(s.text) && strings.IndexByte(" \t\r\n", s.text[next]) >= 0 {
			next++
		}
		if next < len(s.text) && s.text[next] == ':' {
			f := s.top()
			f.key, f.secret = v.plain, secretMember(v.plain)
			return next + 1
		}
	}
	s.scalar(v)
	return end
}

func (s *scan) number(i int) int {
	end := i + 1
	for end < len(s.text) && inNumber(s.text[end]) {
		end++
	}
	s.scalar(scalar{from: i, to: end, number: true})
	return end
}

func inNumber(c byte) bool {
	return '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E'
}

// scalar sees one value.
func (s *scan) scalar(v scalar) {
	f := s.top()
	switch {
	case f.hidden || f.secret:
		s.hide(v)
		return
	case strings.EqualFold(f.key, "path"):
		f.path = true
		f.pathSecret = f.pathSecret || secretMember(v.plain[strings.LastIndexAny(v.plain, ":.")+1:])
	case strings.EqualFold(f.key, "value"):
		f.values = append(f.values, v)
	}
	if inside := s.inside(v); inside != v.plain {
		s.edits = append(s.edits, span{v.from, v.to, quote(inside)})
	}
}

// inside redacts the text of a string. One without escapes is redacted as a part
// of the whole, except that it may begin with a parameter.
func (s *scan) inside(v scalar) string {
	switch {
	case v.number:
		return v.plain
	case len(v.plain) == v.to-v.from:
		return s.redact.parameters(v.plain)
	}
	return s.redact.text(v.plain, s.depth+1)
}

func (s *scan) hide(values ...scalar) {
	for _, v := range values {
		with := s.redact.hide(v.plain)
		if v.number {
			with = `"` + s.redact.Tag(s.text[v.from:v.to]) + `"`
		}
		s.edits = append(s.edits, span{v.from, v.to, with})
	}
}

// endOfString returns where the string that begins at i ends, past its closing
// quote when it has one.
func endOfString(text string, i int) (end int, closed bool) {
	for j := i + 1; j < len(text); j++ {
		switch text[j] {
		case '\\':
			j++
		case '"':
			return j + 1, true
		}
	}
	return len(text), false
}

// unquote undoes the escapes of a string, as many as there are: it may have been
// cut, or hold what JSON does not allow.
func unquote(inside string) string {
	if strings.IndexByte(inside, '\\') < 0 {
		return inside
	}
	return viewOf(inside, '\\', undoBackslash).text
}

func quote(plain string) string {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(plain) != nil {
		return plain
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(out.String()), `"`), `"`)
}
