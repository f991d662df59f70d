package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/scimproof/scimproof/features"
)

type list struct {
	selection
	Faults     bool `help:"In place of the scenarios, the faults that break any of them: mistakes for serve target --fault."`
	Inferences bool `help:"In place of the scenarios, what is guessed of Okta, with the knob that turns it and what speaks for it."`
	Coverage   bool `help:"In place of the scenarios, the statements of the provider's page that the suite is built from, with the scenarios that show each."`
}

func (list) Help() string {
	return `Examples:

  scimproof list
  scimproof list --tags '@groups and not @import'
  scimproof list --faults --only unassign-disables
  scimproof list --inferences
  scimproof list --coverage

Each line is a scenario: its address, the dialects in which it is played, the level and grade of what it rests on, its name, and the requirements' ids. With --faults each line is a mistake that a server can make, how many of the cases it breaks, and what it is. With --inferences it is a page: each point that is open about Okta's client, with its knob, and each requirement that is inference; of those that concern scenarios, the ones that concern any of the selected. With --coverage it is a page too: each statement of the provider's page, its grade, and the scenarios that show it, or why none can; of selected scenarios, the statements that any of them shows. scimproof explain says more of any of them.`
}

func (l list) Run(sh shell) error {
	cases, err := l.choose()
	if err != nil {
		return err
	}
	if len(cases) == 0 {
		fmt.Fprintln(sh.err, "scimproof: the selection holds no scenario; scimproof list shows what there is")
		return status(incomplete)
	}
	if l.Inferences {
		return listInferences(sh.out, cases)
	}
	if l.Faults {
		return listFaults(sh.out, cases)
	}
	if l.Coverage {
		return listCoverage(sh.out, cases, len(l.Only) == 0 && l.Tags == "")
	}
	table := tabwriter.NewWriter(sh.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ADDRESS\tDIALECTS\tLEVEL\tGRADE\tNAME\tRESTS ON")
	for i := 0; i < len(cases); {
		first, dialects := cases[i], []string{}
		for ; i < len(cases) && cases[i].Address() == first.Address(); i++ {
			dialects = append(dialects, cases[i].Dialect)
		}
		spoken := strings.Join(dialects, ",")
		if spoken == "" {
			spoken = "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n",
			first.Address(), spoken, first.Level, first.Grade, first.Name, strings.Join(first.IDs, " "))
	}
	return table.Flush()
}

// listFaults shows the faults that break any of the cases.
func listFaults(out io.Writer, cases []features.Case) error {
	b, err := readBook()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FAULT\tBREAKS\tTHE MISTAKE")
	for _, m := range b.mistakes {
		broken := 0
		for _, c := range cases {
			if m.Kills(features.Kill{Address: c.Address(), Dialect: c.Dialect}) {
				broken++
			}
		}
		if broken > 0 {
			fmt.Fprintf(table, "%s\t%d\t%s\n", m.Name, broken, m.What)
		}
	}
	return table.Flush()
}
