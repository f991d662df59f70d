package features_test
import ("testing";"os";"strings";"github.com/scimproof/scimproof/features";"github.com/scimproof/scimproof/steps")
func TestZZ(t *testing.T) {
	all,_ := features.Scenarios()
	cases,_ := features.Selection{Only: strings.Split(os.Getenv("ZS"),",")}.Choose(all)
	for _, f := range strings.Split(os.Getenv("ZF"),",") {
		for k,o := range verdicts(t, cases, steps.Config{Jobs:2}, named(f)) { t.Log(f,k,o.Verdict,o.Step,"|",o.Reason) }
	}
}
