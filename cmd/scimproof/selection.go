package main

import "github.com/scimproof/scimproof/features"

// selection are the flags that say which scenarios are meant.
type selection struct {
	Only    []string `placeholder:"ADDRESS" help:"Only these scenarios, by address or requirement id; see scimproof list."`
	Tags    string   `placeholder:"EXPR" help:"Only scenarios whose tags satisfy this: '@groups and not @import'."`
	Dialect string   `enum:"aiw,oin,both" default:"both" help:"Okta's client: aiw (wizard applications, PUT), oin (catalogue applications, PATCH) or both."`
	Without []string `placeholder:"GAP" help:"Declare a gap: what the target does not offer to Okta (groups, import). The result is then partial."`
}

func (s selection) choose() ([]features.Case, error) {
	all, err := features.Scenarios()
	if err != nil {
		return nil, err
	}
	dialect := s.Dialect
	if dialect == "both" {
		dialect = ""
	}
	return features.Selection{Only: s.Only, Tags: s.Tags, Dialect: dialect, Without: s.Without}.Choose(all)
}
