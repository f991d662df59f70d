package evidence

import (
	"html"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A view is a text with one kind of escape undone, and where each of its bytes
// came from.
type view struct {
	text string
	at   []int32 // nil: every byte is where it was; else one more than text has bytes
}

func (v view) place(i int) int {
	if v.at == nil {
		return i
	}
	return int(v.at[i])
}

func plainly(s string) view { return view{text: s} }

// An undoing appends to a text what the escape at the start of s stands for, and
// returns the escape's length; 0 when there is none.
type undoing func(text []byte, s string) ([]byte, int)

// views are the escapes that are undone, each known by the byte it begins with.
var views = []struct {
	mark byte
	undo undoing
}{
	{'%', undoPercent},
	{'\\', undoBackslash},
	{'&', undoEntity},
}

// viewOf undoes one kind of escape throughout s.
func viewOf(s string, mark byte, undo undoing) view {
	text := make([]byte, 0, len(s))
	at := make([]int32, 0, len(s)+1)
	for i := 0; i < len(s); {
		n := 0
		if s[i] == mark {
			text, n = undo(text, s[i:])
		}
		if n == 0 {
			text, n = append(text, s[i]), 1
		}
		for len(at) < len(text) {
			at = append(at, int32(i))
		}
		i += n
	}
	return view{string(text), append(at, int32(len(s)))}
}

// through undoes one more kind of escape, in what v shows.
func (v view) through(mark byte, undo undoing) view {
	inner := viewOf(v.text, mark, undo)
	for i, at := range inner.at {
		inner.at[i] = int32(v.place(int(at)))
	}
	return inner
}

func undoPercent(text []byte, s string) ([]byte, int) {
	if len(s) < 3 {
		return text, 0
	}
	b, ok := hexadecimal(s[1:3])
	if !ok {
		return text, 0
	}
	return append(text, byte(b)), 3
}

func undoBackslash(text []byte, s string) ([]byte, int) {
	if len(s) < 2 {
		return text, 0
	}
	if i := strings.IndexByte(`"\/bfnrt`, s[1]); i >= 0 {
		return append(text, "\"\\/\b\f\n\r\t"[i]), 2
	}
	r, ok := unit(s)
	if !ok {
		return text, 0
	}
	if low, ok := unit(s[6:]); ok && utf16.IsSurrogate(r) {
		if whole := utf16.DecodeRune(r, low); whole != utf8.RuneError {
			return utf8.AppendRune(text, whole), 12
		}
	}
	return utf8.AppendRune(text, r), 6
}

// unit reads one \uXXXX.
func unit(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	return hexadecimal(s[2:6])
}

// hexadecimal reads a few digits of base 16.
func hexadecimal(digits string) (n rune, ok bool) {
	for _, c := range []byte(digits) {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		n = n<<4 | rune(c)
	}
	return n, true
}

func undoEntity(text []byte, s string) ([]byte, int) {
	const longest = 12
	end := strings.IndexByte(s[:min(len(s), longest)], ';')
	if end < 0 {
		return text, 0
	}
	plain := html.UnescapeString(s[:end+1])
	if plain == s[:end+1] {
		return text, 0
	}
	return append(text, plain...), end + 1
}
