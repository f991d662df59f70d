package guest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"

	"github.com/scimproof/scimproof/reports/evidence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAGuestIsDisabledWhoseNameTheServerFolds(t *testing.T) {
	for _, folds := range []bool{false, true} {
		name := "ANA.RUIZ." + strings.ToUpper(mark) + "@scimproof.test"
		s := &shelf{foldsNames: folds}
		s.put("1", name)
		assert.Empty(t, s.sweep(t, false, made("1", name)), "folds: %v", folds)
		assert.False(t, s.active("1"))
	}
}

func TestAGuestIsOursByItsIDAndItsMark(t *testing.T) {
	ana, ben := "ana."+mark, "ben."+mark
	for name, tt := range map[string]struct {
		arrange    func(*shelf)
		left       int
		stillInUse []string
	}{
		"as it was made":               {func(s *shelf) { s.put("1", ana) }, 0, nil},
		"renamed since, with the mark": {func(s *shelf) { s.put("1", "anabel."+mark) }, 0, nil},
		"renamed since, without it":    {func(s *shelf) { s.put("1", "boss@example.com") }, 1, []string{"1"}},
		"another is shown under its id": {func(s *shelf) {
			s.put("1", ana)
			s.put("2", ben)
			s.answers, s.findsNone = map[string]string{"1": "2"}, true
		}, 1, []string{"1", "2"}},
		"gone, and a twin under its name": {func(s *shelf) { s.put("7", ana) }, 0, nil},
		"gone":                            {func(*shelf) {}, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shelf{}
			tt.arrange(s)
			assert.Len(t, s.sweep(t, false, made("1", ana)), tt.left)
			var inUse []string
			for id := range s.accounts {
				if s.active(id) {
					inUse = append(inUse, id)
				}
			}
			assert.ElementsMatch(t, tt.stillInUse, inUse)
		})
	}
}

// The guard in the wire would refuse the write; the broom does not ask for it.
func TestTheBroomDoesNotLeaveItToTheGuard(t *testing.T) {
	s := &shelf{unguarded: true}
	s.put("1", "boss@example.com")
	assert.Len(t, s.sweep(t, false, made("1", "ana."+mark)), 1)
	assert.Empty(t, s.writes)
}

// What was announced and never made is on the list of a killed run. Only what
// proves that nobody is there strikes it out.
func TestWhoWasNeverMadeIsStruckOutByProofAlone(t *testing.T) {
	var announced []evidence.Entry
	for n := range 300 {
		announced = append(announced, intended(fmt.Sprintf("ana.%s-%d", mark, n)))
	}
	for name, tt := range map[string]struct {
		later   bool
		arrange func(*shelf)
		made    []evidence.Entry
		left    int
	}{
		"later, an empty list":                      {true, func(*shelf) {}, nil, 0},
		"later, a list of others":                   {true, func(s *shelf) { s.put("5", "boss@example.com") }, nil, 0},
		"at once, when a create may be on its way":  {false, func(*shelf) {}, nil, 300},
		"a lookup that has found somebody is proof": {false, func(s *shelf) { s.put("5", announced[9].Name) }, []evidence.Entry{made("5", announced[9].Name)}, 0},
		"a server without filters, and its list":    {true, func(s *shelf) { s.noFilter = true }, nil, 0},
		"a list that says there are more":           {true, func(s *shelf) { s.total = 1 }, nil, 300},
		"a list that leaves out one that is there": {true, func(s *shelf) {
			s.put("5", "zoe."+mark)
			s.hides = map[string]bool{"5": true}
		}, []evidence.Entry{made("5", "zoe."+mark)}, 300},
		"the list shows one whom the filter does not": {true, func(s *shelf) {
			s.put("5", announced[9].Name)
			s.findsNone = true
		}, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shelf{}
			tt.arrange(s)
			assert.Len(t, s.sweep(t, tt.later, append(tt.made, announced...)...), tt.left)
			for id, account := range s.accounts {
				assert.Equal(t, account["userName"] == "boss@example.com", s.active(id), "%v", account)
			}
		})
	}
}
