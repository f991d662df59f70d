package main

import (
	"fmt"
	"runtime/debug"
)

type version struct{}

func (version) Help() string { return "Example:\n\n  scimproof version" }

func (version) Run(sh shell) error {
	_, err := fmt.Fprintln(sh.out, "scimproof", currentVersion())
	return err
}

// currentVersion is that of the module as it was built: a release's, a commit's,
// or "(devel)".
func currentVersion() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = "(devel) " + s.Value[:min(12, len(s.Value))]
		}
	}
	return v
}
