package features_test

import (
	"os"
	"slices"
	"testing"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
)

// The good server is good under every reading of what is open about Okta: each verdict
// is that of Okta as it is believed to be, but for what a knob's entry lets warn, and
// of that everything fails under some reading. SCIMPROOF_MATRIX plays each knob alone;
// otherwise those without exceptions are turned together.
func TestAGoodServerIsGoodUnderEveryReading(t *testing.T) {
	isLong(t)
	catalogue, err := features.Requirements()
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]features.Requirement{}
	for _, r := range catalogue {
		entries[r.Knob] = r
	}
	excused := map[string]bool{} // what was excused, as the entry names it
	for _, reading := range readings(entries) {
		var k provision.Knobs
		name := ""
		for _, one := range reading {
			if err := k.Turn(one.name, one.value); err != nil {
				t.Fatal(err)
			}
			name += one.name + "=" + one.value + " "
		}
		t.Run(name, func(t *testing.T) {
			for kill, o := range verdicts(t, everything(t), steps.Config{Jobs: 4, Knobs: k}) {
				if o.Verdict == good(o) {
					continue
				}
				named := false
				for knob := range k.Turned() {
					for _, word := range entries[knob].Warns {
						if o.AnswersTo(word) {
							named, excused[knob+" "+word] = true, true
						}
					}
				}
				if !named || o.Verdict != evidence.Fail {
					t.Errorf("%s: %s: %s", kill, o.Verdict, o.Reason)
				}
			}
		})
	}
	for knob, r := range entries {
		for _, word := range r.Warns {
			if !excused[knob+" "+word] {
				t.Errorf("%s lets %s warn, which fails under no reading", r.ID, word)
			}
		}
	}
}

type turn struct{ name, value string }

// readings has every knob at everything that it can be besides its default.
func readings(entries map[string]features.Requirement) [][]turn {
	together := make([][]turn, 2)
	alone := [][]turn{
		{{"patchUserProfile", "on"}, {"emptyValue", "emptyString"}},
		{{"patchUserProfile", "on"}, {"emptyValue", "null"}},
	}
	for _, n := range provision.AllKnobs() {
		r := entries[n.Name]
		values := slices.Clone(n.Values[1:])
		if n.Free != "" {
			values = append(values, r.Turned)
		}
		for i, v := range values {
			if len(r.Warns) > 0 || os.Getenv("SCIMPROOF_MATRIX") != "" || i >= len(together) {
				alone = append(alone, []turn{{n.Name, v}})
			} else {
				together[i] = append(together[i], turn{n.Name, v})
			}
		}
	}
	return slices.DeleteFunc(slices.Concat(together, alone), func(r []turn) bool { return len(r) == 0 })
}
