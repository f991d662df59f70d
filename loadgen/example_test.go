package loadgen_test

import (
	"context"
	"fmt"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/target"
)

// A crowd provisioned in a test of one's own server. Here the server is the bundled
// one; for another it is target.External(url, token), with a Folder for the ledger.
func Example() {
	server, err := target.Bundled("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	limit, err := loadgen.ParseSLO("errors <= 0%")
	if err != nil {
		fmt.Println(err)
		return
	}
	seen, err := loadgen.Run(context.Background(), loadgen.Config{
		Target: server, RunID: "spexample1", Seed: 1, People: 50, Workers: 4, // four dialogues at a time
		Phases: []crowd.Phase{crowd.Onboard, crowd.Push, crowd.Offboard},
		SLOs:   []loadgen.SLO{limit},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(seen.Result, seen.Readback.Ours, "accounts,", seen.Readback.Groups.Groups, "groups,", seen.Readback.Bad(), "not as planned")
	for _, phase := range seen.Phases {
		fmt.Println(phase.Name, phase.People.Done)
	}
	// Output:
	// success 50 accounts, 2 groups, 0 not as planned
	// onboard 50
	// push 2
	// offboard 5
}
