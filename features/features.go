// Package features holds the scenarios: what Okta does, and what a SCIM server
// must then show. They are the specification; the Go code in this folder only
// makes them travel with the binary, and reads the catalogue of requirements
// that they rest on.
package features

import "embed"

// FS holds the .feature files, a folder per family, with the requirements they
// rest on, the faults that break them, and the tour of the provider's page.
//
//go:embed okta scim immuta tour requirements faults exemptions.txt
var FS embed.FS
