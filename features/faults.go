package features

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// A Kill is a case that a fault breaks: its verdict becomes fail.
type Kill struct {
	Address string
	Dialect string // "" where it does not matter, written "-" in the files
}

func (k Kill) String() string {
	if k.Dialect == "" {
		return k.Address
	}
	return k.Address + " " + k.Dialect
}

// A Prediction is what features/faults says of one fault: which cases it should
// break, frozen before the first run, and what differed then, each with its
// reason.
type Prediction struct {
	Predicted []Kill
	Unseen    map[Kill]string // predicted, did not happen, and why
	Extra     map[Kill]string // not predicted, happened, and why
	Varies    map[Kill]string // predicted, happens in some runs only, and why
}

// Kills says whether the fault breaks a case in every run: as predicted, or as was
// found.
func (p Prediction) Kills(k Kill) bool {
	return slices.Contains(p.Predicted, k) && p.Unseen[k] == "" && p.Varies[k] == "" || p.Extra[k] != ""
}

// PredictionOf reads the file of one fault. Its lines are
//
//	predicted  ADDRESS  DIALECTS
//	unseen     ADDRESS  DIALECTS  the reason
//	extra      ADDRESS  DIALECTS  the reason
//	varies     ADDRESS  DIALECTS  the reason
//
// with "aiw", "oin", "aiw,oin" or "-" for the dialects of the last three, and any
// number of them, separated by blanks, for the first.
func PredictionOf(fault string) (Prediction, error) {
	p := Prediction{Unseen: map[Kill]string{}, Extra: map[Kill]string{}, Varies: map[Kill]string{}}
	file := path.Join("faults", fault+".txt")
	text, err := FS.ReadFile(file)
	if err != nil {
		return p, fmt.Errorf("the fault %s has no prediction: %w", fault, err)
	}
	for number, line := range strings.Split(string(text), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || words[0][0] == '#' {
			continue
		}
		if err := p.add(words); err != nil {
			return p, fmt.Errorf("%s, line %d: %w", file, number+1, err)
		}
	}
	return p, nil
}

func (p *Prediction) add(words []string) error {
	if len(words) < 3 {
		return fmt.Errorf("want a word, an address and its dialects")
	}
	if words[0] == "predicted" {
		for _, dialect := range words[2:] {
			p.Predicted = append(p.Predicted, kill(words[1], dialect))
		}
		return nil
	}
	into, known := map[string]map[Kill]string{"unseen": p.Unseen, "extra": p.Extra, "varies": p.Varies}[words[0]]
	if !known {
		return fmt.Errorf("a line begins with predicted, unseen, extra or varies, not with %q", words[0])
	}
	if len(words) < 4 {
		return fmt.Errorf("%s %s has no reason", words[0], words[1])
	}
	for _, dialect := range strings.Split(words[2], ",") {
		into[kill(words[1], dialect)] = strings.Join(words[3:], " ")
	}
	return nil
}

func kill(address, dialect string) Kill {
	if dialect == "-" {
		dialect = ""
	}
	return Kill{address, dialect}
}

// TestName is the case's name as a subtest.
func (k Kill) TestName() string {
	if k.Dialect == "" {
		return k.Address
	}
	return k.Address + "/" + k.Dialect
}
