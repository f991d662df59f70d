package evidence

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is written as escapes means what it meant.
func TestInertJSONMeansTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.OneOf(
			rapid.SampledFrom([]string{"##", "#", "\\", `"`, "\u009b", "\u202e", "\U000e0001", "\x7f", "\n", "é", "\u2028"}), rapid.String(),
		)).Draw(t, "parts"), "")
		raw, err := json.Marshal(map[string]string{text: text})
		if err != nil {
			t.Fatal(err)
		}
		inert := InertJSON(raw)
		var before, after map[string]string
		if json.Unmarshal(raw, &before) != nil || json.Unmarshal(inert, &after) != nil {
			t.Fatalf("%q became %q", raw, inert)
		}
		for key, value := range before {
			if after[key] != value {
				t.Fatalf("%q became %q", raw, inert)
			}
		}
		if strings.Contains(string(inert), "##") || strings.IndexFunc(string(inert), acts) >= 0 {
			t.Fatalf("%q acts on its reader", inert)
		}
	})
}
