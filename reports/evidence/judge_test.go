package evidence

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func seen(req, dialect string, v Verdict) Outcome {
	return Outcome{Req: req, Dialect: dialect, Verdict: v, Level: "must", Grade: "documented"}
}

func blocked(req, dialect, owner string) Outcome {
	o := seen(req, dialect, NotTested)
	o.BlockedBy = owner
	o.Mismatches = []Mismatch{{What: "Ana's account", Want: "there", Got: "absent", Exchange: 3}}
	return o
}

func weak(o Outcome, level, grade string) Outcome {
	o.Level, o.Grade = level, grade
	return o
}

func row(o Outcome, name string) Outcome { o.Row = name; return o }

func TestJudgeSettlesWhoIsToBlame(t *testing.T) {
	for name, tt := range map[string]struct {
		raw  []Outcome // the first is the one in question
		want Verdict
		why  string
	}{
		"a failed owner explains it": {
			[]Outcome{blocked("a", "aiw", "o"), seen("o", "aiw", Fail)},
			NotTested, "blocked by @req:o, which failed (exchange 3)",
		},
		"an owner that broke explains it": {
			[]Outcome{blocked("a", "aiw", "o"), seen("o", "aiw", Error)},
			NotTested, "blocked by @req:o, which ended in an error (exchange 3)",
		},
		"an owner that was interrupted explains it": {
			[]Outcome{blocked("a", "aiw", "o"), seen("o", "aiw", NotTested)},
			NotTested, "blocked by @req:o, which was itself not tested (exchange 3)",
		},
		"an owner without a dialect explains it in any": {
			[]Outcome{blocked("a", "aiw", "o"), seen("o", "", Fail)},
			NotTested, "blocked by @req:o, which failed (exchange 3)",
		},
		"an owner may be named as a tag": {
			[]Outcome{blocked("a", "aiw", "@req:o"), seen("o", "aiw", Fail)},
			NotTested, "blocked by @req:o, which failed (exchange 3)",
		},
		"an outline explains it with any of its rows": {
			[]Outcome{blocked("a", "aiw", "o"), row(seen("o", "aiw", Pass), "x"), row(seen("o", "aiw", Fail), "y")},
			NotTested, "blocked by @req:o, which failed (exchange 3)",
		},
		"one row that passed explains nothing, whatever the others did": {
			[]Outcome{blocked("a", "aiw", "o/x"), row(seen("o", "aiw", Pass), "x"), row(seen("o", "aiw", Fail), "y")},
			Fail, "(a Given, which could not be brought about; the scenario that asks for it, @req:o/x, passed)",
		},
		"an owner that passed leaves the blame here": {
			[]Outcome{blocked("a", "aiw", "o"), seen("o", "aiw", Pass)},
			Fail, "(a Given, which could not be brought about; the scenario that asks for it, @req:o, passed)",
		},
		"an owner that failed in the other dialect only leaves the blame here": {
			[]Outcome{blocked("a", "aiw", "o"), seen("o", "oin", Fail), seen("o", "aiw", Pass)},
			Fail, "(a Given, which could not be brought about; the scenario that asks for it, @req:o, passed)",
		},
		"an owner that was not run leaves the blame here": {
			[]Outcome{blocked("a", "aiw", "o")},
			Fail, "(a Given, which could not be brought about; the scenario that asks for it, @req:o, was not run)",
		},
		"an owner that was skipped leaves the blame here": {
			[]Outcome{blocked("a", "aiw", "o"), seen("o", "aiw", Skip)},
			Fail, "(a Given, which could not be brought about; the scenario that asks for it, @req:o, ended as skip)",
		},
		"an owner that only warns leaves the blame here": {
			[]Outcome{blocked("a", "aiw", "o"), weak(seen("o", "aiw", Fail), "should", "documented")},
			Fail, "(a Given, which could not be brought about; the scenario that asks for it, @req:o, ended as warn)",
		},
		"a scenario that owns its own Given fails": {
			[]Outcome{blocked("a", "aiw", "a")},
			Fail, "(a Given, which could not be brought about; the scenario that asks for it, @req:a, waits for this scenario)",
		},
		"a chain hangs on a failure at its far end": {
			[]Outcome{blocked("a", "aiw", "b"), blocked("b", "aiw", "c"), blocked("c", "aiw", "o"), seen("o", "aiw", Fail)},
			NotTested, "blocked by @req:b, which was itself not tested (exchange 3)",
		},
		"a chain hangs on the link whose owner passed": {
			[]Outcome{blocked("a", "aiw", "b"), blocked("b", "aiw", "o"), seen("o", "aiw", Pass)},
			NotTested, "blocked by @req:b, which failed (exchange 3)",
		},
		"a circle of two fails": {
			[]Outcome{blocked("a", "aiw", "b"), blocked("b", "aiw", "a")},
			Fail, "(a Given, which could not be brought about; the scenario that asks for it, @req:b, waits for this scenario)",
		},
		"what hangs on a circle is explained by it": {
			[]Outcome{blocked("x", "aiw", "a"), blocked("a", "aiw", "b"), blocked("b", "aiw", "a")},
			NotTested, "blocked by @req:a, which failed (exchange 3)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := Judge(tt.raw, true)[0]
			assert.Equal(t, tt.want, got.Verdict)
			assert.Equal(t, tt.why, got.Reason)
			assert.Equal(t, tt.want == Fail, got.BlockedBy == "")
			assert.NotEmpty(t, got.Mismatches, "what was seen stays")

			backwards := slices.Clone(tt.raw)
			slices.Reverse(backwards)
			assert.Equal(t, got, Judge(backwards, true)[len(backwards)-1], "the order does not matter")
		})
	}
}

func TestJudgeWeighsAFailure(t *testing.T) {
	for name, tt := range map[string]struct {
		raw  Outcome
		ours bool
		want Verdict
	}{
		"a must fails":   {seen("a", "", Fail), false, Fail},
		"a should warns": {weak(seen("a", "", Fail), "should", "documented"), false, Warn},
		"a may warns":    {weak(seen("a", "", Fail), "may", "documented"), true, Warn},
		"inference warns at a target that is not ours":  {weak(seen("a", "", Fail), "must", "inference"), false, Warn},
		"inference fails our own target":                {weak(seen("a", "", Fail), "must", "inference"), true, Fail},
		"what staff said fails anybody's":               {weak(seen("a", "", Fail), "must", "staff said"), false, Fail},
		"a pass is a pass at any level":                 {weak(seen("a", "", Pass), "may", "inference"), false, Pass},
		"an error is no failure and stays":              {weak(seen("a", "", Error), "may", "inference"), false, Error},
		"a Given that fails by inference warns as well": {weak(blocked("a", "", "o"), "must", "inference"), false, Warn},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, Judge([]Outcome{tt.raw}, tt.ours)[0].Verdict)
		})
	}
}

func TestJudgeLeavesItsArgumentAlone(t *testing.T) {
	raw := []Outcome{blocked("a", "", "a"), weak(seen("b", "", Fail), "may", "")}
	Judge(raw, false)
	assert.Equal(t, NotTested, raw[0].Verdict)
	assert.Equal(t, Fail, raw[1].Verdict)
	assert.Empty(t, raw[1].Notes)
}
