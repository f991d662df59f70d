package management

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestComparisons(t *testing.T) {
	for name, tt := range map[string]struct {
		expression string
		want       []comparison
		understood bool
	}{
		"nothing":                    {"", nil, true},
		"one":                        {`status eq "ACTIVE"`, []comparison{{"status", "ACTIVE"}}, true},
		"two":                        {`status eq "ACTIVE" and id eq "00u1"`, []comparison{{"status", "ACTIVE"}, {"id", "00u1"}}, true},
		"and within a value":         {`profile.name eq "Research and Development"`, []comparison{{"profile.name", "Research and Development"}}, true},
		"a quote within a value":     {`profile.name eq "say \"hi\" eq "`, []comparison{{"profile.name", `say "hi" eq `}}, true},
		"or is not understood":       {`status eq "A" or status eq "B"`, nil, false},
		"sw is not understood":       {`status sw "A"`, nil, false},
		"a value without quotes":     {`status eq ACTIVE`, nil, false},
		"a value that does not end":  {`status eq "ACTIVE`, nil, false},
		"a value in the wrong quote": {"status eq `ACTIVE`", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, understood := comparisons(tt.expression)
			require.Equal(t, tt.understood, understood)
			require.Equal(t, tt.want, got)
		})
	}
}

func FuzzComparisons(f *testing.F) {
	f.Add(`status eq "ACTIVE"`, "ana")
	f.Fuzz(func(t *testing.T, expression, value string) {
		comparisons(expression)
		got, understood := comparisons("profile.login eq " + strconv.Quote(value) + ` and id eq "1"`)
		require.True(t, understood)
		require.Len(t, got, 2)
		require.Equal(t, []rune(value), []rune(got[0].value))
	})
}
