package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

type list struct{ selection }

func (list) Help() string {
	return `Examples:

  scimproof list
  scimproof list --tags '@groups and not @import'

Each line is a scenario: its address, the dialects in which it is played, the level and grade of what it rests on, its name, and the requirements' ids.`
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
