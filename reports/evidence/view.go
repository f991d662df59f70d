package evidence

import (
	"html"
	"strconv"
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

// views are the escapes that are undone, each known by the byte it begins with.
// undo returns what the escape at the start of s stands for, and its length; 0
// when there is none.
var views = []struct {
	mark byte
	undo func(s string) (string, int)
}{
	{'%', undoPercent},
	{'\\', undoBackslash},
	{'&', undoEntity},
}

// viewOf undoes one kind of escape throughout s.
func viewOf(s string, mark byte, undo func(string) (string, int)) view {
	var text strings.Builder
	at := make([]int32, 0, len(s)+1)
	for i := 0; i < len(s); {
		plain, n := s[i:i+1], 1
		if s[i] == mark {
			if p, length := undo(s[i:]); length > 0 {
				plain, n = p, length
			}
		}
		text.WriteString(plain)
		for range len(plain) {
			at = append(at, int32(i))
		}
		i += n
	}
	return view{text.String(), append(at, int32(len(s)))}
}

func undoPercent(s string) (string, int) {
	if len(s) < 3 {
		return "", 0
	}
	b, err := strconv.ParseUint(s[1:3], 16, 8)
	if err != nil {
		return "", 0
	}
	return string([]byte{byte(b)}), 3
}

func undoBackslash(s string) (string, int) {
	if len(s) < 2 {
		return "", 0
	}
	if i := strings.IndexByte(`"\/bfnrt`, s[1]); i >= 0 {
		return "\"\\/\b\f\n\r\t"[i : i+1], 2
	}
	r, ok := unit(s)
	if !ok {
		return "", 0
	}
	if low, ok := unit(s[6:]); ok && utf16.IsSurrogate(r) {
		if whole := utf16.DecodeRune(r, low); whole != utf8.RuneError {
			return string(whole), 12
		}
	}
	return string(r), 6
}

// unit reads one \uXXXX.
func unit(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}

func undoEntity(s string) (string, int) {
	const longest = 12
	end := strings.IndexByte(s[:min(len(s), longest)], ';')
	if end < 0 {
		return "", 0
	}
	plain := html.UnescapeString(s[:end+1])
	if plain == s[:end+1] {
		return "", 0
	}
	return plain, end + 1
}
