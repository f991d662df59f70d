package steps

import (
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
	case x.Voice == evidence.Okta && x.Status >= 500:
		return []string{"F77"}
	}
	if owner := w.asksFor(w.step()); owner != "" && owner != w.scene.Req {
		return w.run.rests[owner]
	}
	return nil
}

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
