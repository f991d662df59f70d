package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// strangers belong to the tests, or to modules of their own, and not into the
// program that is shipped. testify's assertions are in it all the same, since
// testcontainers-go imports them outside of its tests.
var strangers = []string{
	"github.com/jarcoal/httpmock",
	"github.com/stretchr/testify/mock",
	"github.com/vektra/mockery",
	"github.com/chromedp/chromedp",
	"github.com/elimity-com/scim",
	"github.com/okta/okta-sdk-golang",
	"github.com/scim2/filter-parser",
	"go.uber.org/goleak",
	"pgregory.net/rapid",
}

func TestTheProgramHoldsNoneOfItsTests(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := strings.Fields(string(out))
	for _, needed := range []string{"github.com/cucumber/godog", "github.com/tsenart/vegeta/v12/lib", "github.com/testcontainers/testcontainers-go"} {
		if !slices.Contains(linked, needed) {
			t.Errorf("%s is not linked: the list is not what it should be", needed)
		}
	}
	for _, stranger := range strangers {
		for _, one := range linked {
			if one == stranger || strings.HasPrefix(one, stranger+"/") {
				t.Errorf("%s is linked into the program", one)
			}
		}
	}
}
