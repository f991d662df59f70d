package chart

import (
	"math"
	"strconv"
)

// A Scale says where on an axis a value lies.
type Scale interface {
	// Place is 0 where the axis begins and 1 where it ends. What lies beyond is at
	// its nearer end; what is no number has no place, and stays none.
	Place(v float64) float64
	// Ticks are round values within the axis, in its order.
	Ticks() []Tick
}

// A Tick is a value that is written beside an axis.
type Tick struct {
	At   float64
	Text string
}

// ticksWanted is about how many fit beside an axis.
const ticksWanted = 5

// A linear scale places equal differences at equal distances.
type linear struct{ from, to float64 }

// smallest and largest bound what is told apart, and what is drawn at all.
const smallest, largest = 1e-6, 1e12

// Linear is a scale from one value to another one. One that would have no width is
// given some.
func Linear(from, to float64) Scale {
	bounded := func(v float64) float64 {
		if math.IsNaN(v) {
			return 0
		}
		return min(max(v, -largest), largest)
	}
	from, to = bounded(from), bounded(to)
	if !(to-from >= smallest*max(1, math.Abs(from))) {
		to = from + max(1, math.Abs(from)/1000)
	}
	return linear{from, to}
}

// FromZero is a linear scale from 0 to a round value at or above the highest one.
func FromZero(highest float64) Scale {
	if !(highest >= smallest) {
		return linear{0, 1}
	}
	highest = min(highest, largest)
	step := roundStep(highest / ticksWanted)
	return linear{0, step * math.Ceil(highest/step-1e-9)}
}

func (s linear) Place(v float64) float64 { return within((v - s.from) / (s.to - s.from)) }

func (s linear) Ticks() []Tick {
	step := roundStep((s.to - s.from) / ticksWanted)
	var ticks []Tick
	for n := math.Ceil(s.from/step - 1e-9); n*step <= s.to+step*1e-9; n++ {
		ticks = append(ticks, tick(n*step))
	}
	return ticks
}

// roundStep is 1, 2 or 5 times a power of ten, and not less than v by much.
func roundStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// A logarithmic scale places equal ratios at equal distances. Both ends are 1, 2 or
// 5 times a power of ten.
type logarithmic struct{ from, to float64 }

// Log is a logarithmic scale that holds both values. It has no place for 0, which is
// at its beginning.
func Log(lowest, highest float64) Scale {
	bounded := func(v float64) float64 {
		if !(v > smallest) {
			return smallest
		}
		return min(v, largest)
	}
	lowest, highest = bounded(lowest), bounded(highest)
	if lowest > highest {
		lowest, highest = highest, lowest
	}
	s := logarithmic{roundDown(lowest), roundStep(highest)}
	if s.to < s.from*1.5 {
		s.to = roundStep(s.from * 1.5)
	}
	return s
}

func roundDown(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)+1e-9))
	for _, m := range []float64{5, 2} {
		if m*power <= v*(1+1e-9) {
			return m * power
		}
	}
	return power
}

func (s logarithmic) Place(v float64) float64 {
	if v < s.from {
		v = s.from
	}
	return within(math.Log10(v/s.from) / math.Log10(s.to/s.from))
}

// Ticks are the powers of ten, and 2 and 5 times them where there is room.
func (s logarithmic) Ticks() []Tick {
	decades := math.Log10(s.to / s.from)
	every, multiples := 1, []float64{1, 2, 5}
	if decades > 2 {
		multiples, every = multiples[:1], 1+int(decades/6)
	}
	var ticks []Tick
	first := int(math.Floor(math.Log10(s.from) + 1e-9))
	for e := first; e <= first+int(decades)+2; e += every {
		for _, m := range multiples {
			if v := m * math.Pow(10, float64(e)); v >= s.from*(1-1e-9) && v <= s.to*(1+1e-9) {
				ticks = append(ticks, tick(v))
			}
		}
	}
	return ticks
}

// Percentiles places percentiles so that each further nine has the same room: half
// of the axis of 99.99 lies beyond 99.
type percentiles struct{ nines int }

// Percentiles is a scale for so many values: with a thousand of them nothing can be
// said beyond 99.9 %.
func Percentiles(values int64) Scale {
	nines := 2
	for most := int64(100); most < values && nines < 7; most *= 10 {
		nines++
	}
	return percentiles{nines}
}

// At is the percentile that lies at a place between 0 and 1.
func (s percentiles) at(place float64) float64 {
	return 100 - 100*math.Pow(10, -place*float64(s.nines))
}

func (s percentiles) Place(percent float64) float64 {
	if percent >= 100 {
		return 1
	}
	return within(-math.Log10(1-percent/100) / float64(s.nines))
}

func (s percentiles) Ticks() []Tick {
	ticks := []Tick{{0, "0"}, {50, "50"}}
	rest := 10.0
	for range s.nines {
		ticks = append(ticks, Tick{100 - rest, strconv.FormatFloat(100-rest, 'g', 9, 64)})
		rest /= 10
	}
	return ticks
}

// Spread returns so many percentiles at equal distances of a scale for so many
// values, the first 0, and none beyond what such a number of values can tell.
func Spread(values int64, points int) []float64 {
	s := Percentiles(values).(percentiles)
	var all []float64
	for n := range points {
		p := s.at(float64(n) / float64(points))
		if n > 0 && p > 100-100/float64(max(values, 1)) {
			break
		}
		all = append(all, p)
	}
	return all
}

func within(place float64) float64 {
	if math.IsNaN(place) {
		return place
	}
	return min(max(place, 0), 1)
}

func tick(v float64) Tick {
	if math.Abs(v) < 1e-12 {
		v = 0
	}
	switch {
	case v >= 1e6:
		return Tick{v, strconv.FormatFloat(v/1e6, 'g', 6, 64) + "M"}
	case v >= 1e4:
		return Tick{v, strconv.FormatFloat(v/1e3, 'g', 6, 64) + "k"}
	}
	return Tick{v, strconv.FormatFloat(v, 'g', 6, 64)}
}
