package steps

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports/evidence"
)

// breaks are the requirements that a failure breaks, where what was seen tells them
// better than the scenario's own: a scenario can fail long before it comes to what
// it is about, and then its advice would lead its reader astray. nil leaves it at
// the scenario's.
func (w *world) breaks(m *evidence.Mismatch) []string {
	if w.broken != "" {
		return []string{w.broken}
	}
	var x evidence.Exchange
	if all := w.wire.Exchanges(); m.Exchange > 0 && m.Exchange <= len(all) {
		x = all[m.Exchange-1]
	}
	switch {
	case strings.Contains(m.Got, "No schema's defined"):
		return []string{"OKTA-create"}
	case strings.Contains(m.Got, "whose totalResults is"):
		return []string{"F35"}
	case strings.Contains(m.Got, "returned empty user"):
		return []string{"F83"}
	case x.Voice == evidence.Okta && refusals[x.Status] != "":
		return []string{refusals[x.Status]}
	case x.Voice == evidence.Okta && x.Status == http.StatusUnsupportedMediaType:
		if x.Method == http.MethodGet {
			return []string{"F49"}
		}
		return []string{"F45", "F48"}
	case x.Voice == evidence.Okta && x.Status >= 500:
		return []string{"F77"}
	}
	if owner := w.asksFor(w.step()); owner != "" && owner != w.scene.Req {
		return w.run.rests[owner]
	}
	return nil
}

// refusals are statuses that say by themselves which requirement is not met.
var refusals = map[int]string{http.StatusNotAcceptable: "F47", http.StatusNotImplemented: "F03"}

var (
	asksDisabled = regexp.MustCompile(`^the target shows \w+ as disabled$`)
	asksActive   = regexp.MustCompile(`^the target shows \w+ as active$`)
)

// asksFor is the scenario that a sentence belongs to: the owner of a Given, and
// elsewhere that of a sentence which many scenarios end with.
func (w *world) asksFor(step features.Step) string {
	owner := ownerOf(step.Text)
	switch {
	case step.Kind == features.Given && owner != "":
		return owner
	case step.Kind == features.When && owner == "assign-creates":
		return owner
	case asksDisabled.MatchString(step.Text):
		return "unassign-disables"
	case asksActive.MatchString(step.Text) && slices.Contains(w.scene.Tags, "groups"):
		return "assign-creates"
	}
	return ""
}
