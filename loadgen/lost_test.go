package loadgen

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

func TestWhatItMeansThatDialoguesGotNoAnswer(t *testing.T) {
	refused := &wire.Trouble{Kind: wire.Unreachable, Err: errors.New("connection refused")}
	silence := &wire.Trouble{Kind: wire.Silent, Err: errSilence{}}
	for name, tt := range map[string]struct {
		people   evidence.LoadPeople
		gone     error
		deviates bool
		missing  int
	}{
		"everybody was answered":                  {evidence.LoadPeople{Began: 200}, nil, false, 0},
		"one was dropped":                         {evidence.LoadPeople{Began: 20, Unanswered: 1, Dropped: 1}, nil, false, 1},
		"two of a hundred":                        {evidence.LoadPeople{Began: 100, Unanswered: 2, Dropped: 2}, nil, true, 0},
		"two of a thousand, as chance would have": {evidence.LoadPeople{Began: 1000, Unanswered: 2, Dropped: 2}, nil, false, 1},
		"nobody was reached":                      {evidence.LoadPeople{Began: 3, Unanswered: 3}, refused, false, 2},
		"dropped when the target went away":       {evidence.LoadPeople{Began: 20, Unanswered: 11, Dropped: 8}, refused, false, 2},
		"silence, until the run was given up":     {evidence.LoadPeople{Began: 20, Unanswered: 3, Dropped: 3}, silence, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := &run{gone: tt.gone}
			r.lost(tt.people)
			assert.Equal(t, tt.deviates, len(r.load.Deviates) > 0, "%+v", r.load)
			assert.Len(t, r.load.Missing, tt.missing)
		})
	}
}
