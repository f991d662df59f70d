package chart

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew; review them by eye")

func TestAPlotIsAsReviewed(t *testing.T) {
	p := Plot{
		Title: "latency <over> time",
		X:     Axis{"seconds", Linear(0, 12)}, Y: Axis{"ms", Log(0.8, 90)},
		Series: []Series{
			{Name: "p50", Points: []Point{{0, 1}, {2, 2}, {4, math.NaN()}, {6, 3}, {8, math.NaN()}, {10, 2}, {12, 1}}},
			{Name: "p99", Class: "bad", Points: []Point{{3, 90}}},
		},
		Marks: []Mark{{9, "a & b"}},
	}
	path, got := filepath.Join("testdata", "plot.svg"), string(p.SVG())
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
	assert.Equal(t, 2, strings.Count(got, "<circle"), "a point that stands alone is a dot")
	assert.Equal(t, 1, strings.Count(got, `class="line`), "and no line")
}

// number is anything that a figure may come to, the odd ones among them.
var number = rapid.OneOf(
	rapid.Float64Range(0, 1e7), rapid.Float64(), rapid.Float64Range(0, 1e-9),
	rapid.SampledFrom([]float64{0, -1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64, 1, 10, 100}),
)

var scales = map[string]func(*rapid.T) Scale{
	"linear":      func(t *rapid.T) Scale { return Linear(number.Draw(t, "from"), number.Draw(t, "to")) },
	"from zero":   func(t *rapid.T) Scale { return FromZero(number.Draw(t, "highest")) },
	"logarithmic": func(t *rapid.T) Scale { return Log(number.Draw(t, "lowest"), number.Draw(t, "highest")) },
	"percentiles": func(t *rapid.T) Scale { return Percentiles(rapid.Int64().Draw(t, "values")) },
}

func TestEveryPointLiesWithinTheFrame(t *testing.T) {
	coordinate := regexp.MustCompile(`[ML]?(-?[0-9.]+|[A-Za-z]+) (-?[0-9.]+|[A-Za-z]+)`)
	for name, scale := range scales {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := Plot{Title: rapid.String().Draw(t, "title"), X: Axis{"x", scale(t)}, Y: Axis{"y", scale(t)}}
				for range rapid.IntRange(0, 3).Draw(t, "series") {
					var s Series
					for range rapid.IntRange(0, 6).Draw(t, "points") {
						s.Points = append(s.Points, Point{number.Draw(t, "x"), number.Draw(t, "y")})
					}
					p.Series = append(p.Series, s)
				}
				p.Marks = []Mark{{number.Draw(t, "mark"), rapid.String().Draw(t, "text")}}
				drawn := 0
				for _, e := range elements(t, string(p.SVG())) {
					switch {
					case strings.HasPrefix(e["class"], "line"):
						for _, c := range coordinate.FindAllStringSubmatch(e["d"], -1) {
							inFrame(t, c[1], c[2])
							drawn++
						}
					case strings.HasPrefix(e["class"], "dot"):
						inFrame(t, e["cx"], e["cy"])
						drawn++
					case e["class"] == "tick":
						y := parse(t, e["y"])
						if x := parse(t, e["x"]); x < 0 || x > Width || y < 0 || y > Height {
							t.Fatalf("a tick is written at %v, %v", x, y)
						}
					}
				}
				want := 0
				for _, s := range p.Series {
					for _, point := range s.Points {
						if point.drawn() {
							want++
						}
					}
				}
				if drawn != want || p.Empty() != (want == 0) {
					t.Fatalf("%d points were drawn of %d, and empty is %v", drawn, want, p.Empty())
				}
			})
		})
	}
}

func inFrame(t *rapid.T, x, y string) {
	const rounding = 0.05
	if v := parse(t, x); !(v >= left-rounding && v <= Width-right+rounding) {
		t.Fatalf("x is %s", x)
	}
	if v := parse(t, y); !(v >= top-rounding && v <= Height-bottom+rounding) {
		t.Fatalf("y is %s", y)
	}
}

func parse(t *rapid.T, s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// elements reads a drawing as XML: it is well formed, whatever is written in it.
func elements(t *rapid.T, svg string) (all []map[string]string) {
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		if start, is := token.(xml.StartElement); is {
			e := map[string]string{}
			for _, a := range start.Attr {
				e[a.Name.Local] = a.Value
			}
			all = append(all, e)
		}
	}
}

func TestTicksAreRoundAndFew(t *testing.T) {
	for name, scale := range scales {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := scale(t)
				ticks := s.Ticks()
				if len(ticks) < 2 || len(ticks) > 12 {
					t.Fatalf("%d ticks: %v", len(ticks), ticks)
				}
				for n, one := range ticks {
					if n > 0 && !(one.At > ticks[n-1].At) {
						t.Fatalf("%v comes after %v", one, ticks[n-1])
					}
					if n > 0 && !(s.Place(one.At) > s.Place(ticks[n-1].At)) {
						t.Fatalf("%v and %v have one place", one, ticks[n-1])
					}
				}
				if name == "percentiles" {
					return
				}
				for n := range ticks[1:] {
					what := ticks[n+1].At - ticks[n].At // equal steps, or round values by themselves
					if name == "logarithmic" {
						what = ticks[n].At
					}
					mantissa := what / math.Pow(10, math.Floor(math.Log10(what)+1e-9))
					if !slices.ContainsFunc([]float64{1, 2, 5}, func(m float64) bool { return math.Abs(m-mantissa) < 1e-3 }) {
						t.Fatalf("%v is not round, of %v", what, ticks)
					}
				}
			})
		})
	}
}

func TestScalesKeepTheirEnds(t *testing.T) {
	for _, tt := range []struct {
		name  string
		scale Scale
		ticks string
		at    map[float64]float64
	}{
		{"linear", Linear(0, 12), "0 5 10", map[float64]float64{0: 0, 6: 0.5, 12: 1, 13: 1, -1: 0}},
		{"nothing", Linear(3, 3), "3 3.2 3.4 3.6 3.8 4", map[float64]float64{3: 0}},
		{"from zero", FromZero(430), "0 100 200 300 400 500", map[float64]float64{250: 0.5}},
		{"from zero to a tick", FromZero(500), "0 100 200 300 400 500", map[float64]float64{500: 1}},
		{"zero at most", FromZero(0), "0 0.2 0.4 0.6 0.8 1", map[float64]float64{0: 0}},
		{"thousands", FromZero(40000), "0 10k 20k 30k 40k", nil},
		{"one decade", Log(1, 10), "1 2 5 10", map[float64]float64{1: 0, 10: 1, 0: 0}},
		{"within a decade", Log(2.2, 4.1), "2 5", nil},
		{"one value", Log(1, 1), "1 2", nil},
		{"decades", Log(0.03, 9000), "0.1 1 10 100 1000 10k", nil},
		{"percentiles of few", Percentiles(3), "0 50 90 99", map[float64]float64{0: 0, 90: 0.5, 99: 1, 100: 1}},
		{"percentiles of 10,000", Percentiles(10_000), "0 50 90 99 99.9 99.99", map[float64]float64{99: 0.5}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var texts []string
			for _, one := range tt.scale.Ticks() {
				texts = append(texts, one.Text)
			}
			assert.Equal(t, tt.ticks, strings.Join(texts, " "))
			for v, want := range tt.at {
				assert.InDelta(t, want, tt.scale.Place(v), 1e-9, "%v", v)
			}
		})
	}
}

// Nothing is said of the thousandth part of a hundred values.
func TestSpreadEndsWhereTheValuesDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.Int64Range(1, 1e9).Draw(t, "values")
		all := Spread(values, 60)
		if len(all) == 0 || all[0] != 0 || len(all) > 60 {
			t.Fatalf("%v", all)
		}
		for n := 1; n < len(all); n++ {
			if all[n] <= all[n-1] || all[n] > 100-100/float64(values) {
				t.Fatalf("%v of %d", all, values)
			}
		}
	})
}
