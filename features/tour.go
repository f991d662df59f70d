package features

import (
	"bytes"
	"fmt"
	"strings"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"
)

// A Leg is one stretch of the tour: a heading of the provider's page, and what is done
// and seen under it. Each begins where the one before it ended.
type Leg struct {
	Heading string
	Says    []string // what the page says there, in our words, a line each
	Steps   []Step
}

const tourFile = "tour/okta_saml_scim.feature"

// Tour reads the walk through the provider's page, in the order of the page. It is a
// feature like others, but for its being one story: no part of it is judged, and none
// can be played without the parts before it. An error is a defect of the product.
func Tour() (title string, legs []Leg, err error) {
	text, err := FS.ReadFile(tourFile)
	if err != nil {
		return "", nil, err
	}
	ids := &messages.Incrementing{}
	document, err := gherkin.ParseGherkinDocument(bytes.NewReader(text), ids.NewId)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", tourFile, err)
	}
	says := map[string][]string{}
	for _, child := range document.Feature.Children {
		if child.Scenario == nil {
			return "", nil, fmt.Errorf("%s: a tour has headings alone, each a scenario", tourFile)
		}
		says[child.Scenario.Id] = lines(child.Scenario.Description)
	}
	for _, pickle := range gherkin.Pickles(*document, tourFile, ids.NewId) {
		leg := Leg{Heading: pickle.Name, Says: says[pickle.AstNodeIds[0]]}
		for _, step := range pickle.Steps {
			leg.Steps = append(leg.Steps, Step{kinds[step.Type], step.Text})
		}
		legs = append(legs, leg)
	}
	return document.Feature.Name, legs, nil
}

// lines of a description, without the indentation that they have in the file.
func lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}
