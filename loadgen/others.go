package loadgen

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
)

// Others are what a target holds of a run and Okta was not told of: strangers that bear
// its mark, second ones of a name, and first ones of whom Okta knows no id. Of their ids it
// keeps digests, and it ends where there are more than anybody could have made: whatever a
// target shows, it shall not fill the memory. Not safe for concurrent use.
type others struct {
	most, came int // of notes
	ids        map[subject]map[[sha256.Size]byte]bool
}

// A subject is a person or a group, by number.
type subject struct {
	kind string
	n    int
}

const (
	nobody = -1 // the number of all strangers

	// A target that makes two accounts more of each create has four notes a subject: each is
	// listed, and each is found. So many besides are anybody's mistake.
	othersEach, othersBesides = 4, 5000

	// mostOfOneName is how many a look-up by one name may find. Okta asks for no more than
	// 100 of a page.
	mostOfOneName = 1000

	longestTold = 1000 // bytes of a target's own words in one place
)

func newOthers(subjects int) *others {
	return &others{most: othersEach*subjects + othersBesides, ids: map[subject]map[[sha256.Size]byte]bool{}}
}

// come counts one more. An error is the target's conduct.
func (o *others) come() error {
	if o.came++; o.came > o.most {
		return &conduct{errors.New("the target holds more accounts and groups of this run that Okta was not told of than anybody could have made")}
	}
	return nil
}

// add takes an id down, and says whether it was not known for the subject.
func (o *others) add(s subject, id string) (fresh bool, err error) {
	sum := sha256.Sum256([]byte(id))
	if o.ids[s][sum] {
		return false, nil
	}
	if err := o.come(); err != nil {
		return false, err
	}
	if o.ids[s] == nil {
		o.ids[s] = map[[sha256.Size]byte]bool{}
	}
	o.ids[s][sum] = true
	return true, nil
}

// has says whether any id of the subject was taken down.
func (o *others) has(s subject) bool { return len(o.ids[s]) > 0 }

// inShort is a difference with no more of the target's own words than somebody reads. An
// id that is longer than anybody's is left out: a part of it would be another one.
func inShort(d evidence.Difference) evidence.Difference {
	d.Name, d.Why = cut(d.Name), cut(d.Why)
	if len(d.ID) > longestTold {
		d.Why += fmt.Sprintf(" (its id has %d bytes, and was cut out)", len(d.ID))
		d.ID = ""
	}
	return d
}

func cut(s string) string {
	if len(s) <= longestTold {
		return s
	}
	return strings.ToValidUTF8(s[:longestTold], "") + fmt.Sprintf("… (cut, of %d bytes)", len(s))
}
