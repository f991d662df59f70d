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
	sc := scan{text: s, inner: func(text string) string { return r.text(text, depth+1) }}
	sc.frames = []frame{{}}
	for i := 0; i < len(s); {
		i = sc.token(i)
	}
	for range sc.frames {
		sc.leave()
	}
	return sc.result()
}

// A frame is an object or array that the scan is inside of.
type frame struct {
	hidden bool   // everything in it is secret
	key    string // the member being read, "" in an array

	pathSecret bool   // "path" names a secret
	values     []span // where its "value" stands
}

// A span is where a scalar stands, and what shall stand there.
type span struct {
	from, to int
	with     string
}

type scan struct {
	text   string
	inner  func(string) string
	frames []frame
	deeper int // nesting beyond deepestObject
	edits  []span
}

func (s *scan) top() *frame { return &s.frames[len(s.frames)-1] }

// token reads the token at i and returns where the next one begins.
func (s *scan) token(i int) int {
	switch c := s.text[i]; {
	case c == '{' || c == '[':
		s.enter()
		return i + 1
	case c == '}' || c == ']':
		if len(s.frames) > 1 {
			s.leave()
		}
		return i + 1
	case c == ',':
		s.top().key = ""
		return i + 1
	case c == '"':
		return s.quoted(i)
	case c == '-' || c >= '0' && c <= '9':
		return s.number(i)
	default:
		return i + 1
	}
}

func (s *scan) enter() {
	if len(s.frames) >= deepestObject {
		s.deeper++
		return
	}
	s.frames = append(s.frames, frame{hidden: s.top().hidden || secretMember(s.top().key)})
}

func (s *scan) leave() {
	if s.deeper > 0 {
		s.deeper--
		return
	}
	if f := s.top(); f.pathSecret {
		s.edits = append(s.edits, f.values...)
	}
	if len(s.frames) > 1 {
		s.frames = s.frames[:len(s.frames)-1]
	}
}

func (s *scan) quoted(i int) int {
	end, closed := endOfString(s.text, i)
	next := end
	for next < len(s.text) && strings.IndexByte(" \t\r\n", s.text[next]) >= 0 {
		next++
	}
	content := span{from: i + 1, to: end}
	if closed {
		content.to--
	}
	plain := unquote(s.text[content.from:content.to])
	if closed && next < len(s.text) && s.text[next] == ':' {
		s.top().key = plain
		return next + 1
	}
	s.scalar(content, plain, hide(plain))
	return end
}

func (s *scan) number(i int) int {
	end := i + 1
	for end < len(s.text) && strings.IndexByte("0123456789+-.eE", s.text[end]) >= 0 {
		end++
	}
	s.scalar(span{from: i, to: end}, "", `"`+Tag(s.text[i:end])+`"`)
	return end
}

// scalar sees one value: the text between plain quotes, or a number.
func (s *scan) scalar(at span, plain, hidden string) {
	f := s.top()
	if f.hidden || secretMember(f.key) {
		at.with = hidden
		s.edits = append(s.edits, at)
		return
	}
	switch strings.ToLower(f.key) {
	case "path":
		f.pathSecret = f.pathSecret || secretMember(plain[strings.LastIndexAny(plain, ":.")+1:])
	case "value":
		f.values = append(f.values, span{at.from, at.to, hidden})
	}
	if inside := s.inner(plain); inside != plain {
		at.with = quote(inside)
		s.edits = append(s.edits, at)
	}
}

// result applies the edits. Where two of them meet, the later and stricter one
// holds.
func (s *scan) result() string {
	if len(s.edits) == 0 {
		return s.text
	}
	byPlace := map[int]span{}
	for _, e := range s.edits {
		byPlace[e.from] = e
	}
	var out strings.Builder
	for i := 0; i < len(s.text); {
		if e, ok := byPlace[i]; ok {
			out.WriteString(e.with)
			if i = e.to; e.to > e.from {
				continue
			}
		}
		if i < len(s.text) {
			out.WriteByte(s.text[i])
			i++
		}
	}
	return out.String()
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

func unquote(inside string) string {
	if !strings.Contains(inside, `\`) {
		return inside
	}
	var plain string
	if json.Unmarshal([]byte(`"`+inside+`"`), &plain) != nil {
		return inside
	}
	return plain
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
