package directory

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever an administrator types, it is read or refused, and what was read can be
// asked about anybody.
func FuzzExpressions(f *testing.F) {
	for _, text := range []string{`user.a`, `'x'`, `"x" + user.b`, workUnlessEmpty("email"), `user.`, `'`, `+`, `(user.a != null`, "\x00", `user.é`} {
		f.Add(text, "it is")
	}
	anybody := Profile{"a": "A", "b": 2., "c": []any{map[string]any{}}, "email": nil}
	f.Fuzz(func(t *testing.T, text, word string) {
		if e, err := parse(text); err == nil {
			e.of(anybody)
			e.of(nil)
		} else {
			require.Contains(t, err.Error(), understood)
		}
		if strings.ContainsAny(word, `"\\`) {
			return
		}
		e, err := parse(`user.a + "` + word + `"`)
		require.NoError(t, err)
		require.Equal(t, "A"+word, e.of(anybody))
	})
}

// An external name is taken or refused, with a reason.
func FuzzExternalNames(f *testing.F) {
	for _, name := range []string{"", ".", "a.b", "a.^[b==c].d", "^[b==c].d", "a.^[b==].d", "a.^[b==c]"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if why := notExternal(name); why == "" {
			first, _, _ := strings.Cut(name, ".")
			require.True(t, member.MatchString(first))
			require.False(t, strings.HasSuffix(name, "]"))
		}
	})
}
