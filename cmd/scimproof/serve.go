package main

import (
	"encoding/json"
	"fmt"

	"github.com/scimproof/scimproof/target/fault"
)

type serve struct {
	Target serveTarget `cmd:"" help:"The reference SCIM server, with one tenant; or a mistake in front of somebody's."`
	Okta   serveOkta   `cmd:"" help:"An Okta without people or applications."`
	Both   serveBoth   `cmd:"" help:"An Okta, and a SCIM server that it provisions."`
}

// untilInterrupted prints where things are, once they are ready, and waits.
func untilInterrupted(sh shell, ready any) error {
	if err := json.NewEncoder(sh.out).Encode(ready); err != nil {
		return err
	}
	<-sh.ctx.Done()
	return nil
}

// mistakes are the flags of a server that errs on purpose.
type mistakes struct {
	Fault []string `placeholder:"NAME" help:"A mistake that the server is to make; may be repeated. scimproof list --faults shows them all."`
}

// choose finds the faults by name, and says what will be wrong.
func (m mistakes) choose(sh shell) ([]fault.Fault, error) {
	var chosen []fault.Fault
	for _, name := range m.Fault {
		f, err := faultNamed(name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, f)
	}
	for _, f := range chosen {
		fmt.Fprintf(sh.err, "scimproof: this server errs on purpose, %s: %s\n", f.Name, f.What)
	}
	return chosen, nil
}

func faultNamed(name string) (fault.Fault, error) {
	var names []string
	for _, f := range fault.All() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return fault.Fault{}, fmt.Errorf("no fault is called %q; %s", name, perhaps(name, names, "scimproof list --faults"))
}
