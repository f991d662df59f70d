package mockokta_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A create that was done, and whose answer was lost: Okta does nothing by itself
// (inference: no source says that it does), and an administrator who tries again
// makes it look first, so that there is no second account (documented: lookup before
// create) and no second group.
func TestACreateWhoseAnswerWasLost(t *testing.T) {
	losing := &lie{tell: func(*shelf, kind, reply) reply { return reply{lost: true} }}
	for name, tt := range map[string]struct {
		scene    string
		again    func(*desk)
		path     string
		aiw, oin []kind // after the retry
	}{
		"account": {
			"assign, absent", func(d *desk) { d.must(d.ProvisionUsers(d.t.Context(), d.app)) }, "/Users",
			[]kind{find, get, put, get, put},
			[]kind{find, get, put},
		},
		"group": {"push a group, absent", (*desk).pushNow, "/Groups", []kind{findG, getG, putG}, []kind{findG, patchG, patchG}},
	} {
		for _, dialect := range []string{"aiw", "oin"} {
			for _, sockets := range []bool{false, true} {
				t.Run(fmt.Sprint(name, " ", dialect, ", sockets: ", sockets), func(t *testing.T) {
					h := open(t, dialect, sockets)
					i := slices.IndexFunc(scenes, func(s scene) bool { return s.name == tt.scene })
					d := h.play(t, scenes[i], losing, 2)
					require.Equal(t, scenes[i].asks(dialect)[:2], h.shelf.heard)
					require.Len(t, d.tasks(), 1)
					require.Contains(t, d.tasks()[0], ": no whole answer: POST "+tt.path+": ")
					d.requireError(name)
					there := len(h.shelf.matching(tt.path, ""))

					d.settle()
					require.Len(t, h.shelf.heard, 2, "nothing is tried again")

					tt.again(d)
					d.settle()
					require.Equal(t, map[string][]kind{"aiw": tt.aiw, "oin": tt.oin}[dialect], h.shelf.heard[2:])
					require.Len(t, h.shelf.matching(tt.path, ""), there, "nothing is made twice")
					require.Len(t, d.tasks(), 1)
					if ana, err := d.AppUser(t.Context(), d.app, d.ana); tt.path == "/Users" {
						require.NoError(t, err)
						require.Contains(t, h.shelf.things, "/Users/"+ana.ExternalID)
						require.Equal(t, "SYNCHRONIZED", ana.SyncState)
					}
				})
			}
		}
	}
}
