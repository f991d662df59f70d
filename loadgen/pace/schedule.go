// Package pace is when dialogues begin. A [Schedule] decides, and is pure: when the n-th
// is to begin, from a rate that is even, goes by steps, or climbs. An [Attack] lets each
// begin at its time, on vegeta, and ends by count: nobody is left out since a pool was
// full or a time was over.
//
// What is said in a dialogue is nothing to it.
package pace

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"
)

// A Schedule says when each dialogue is to begin. It is pure; the zero value is a
// closed loop, in which each begins as soon as another has ended.
type Schedule struct {
	words string
	parts []part
	soak  time.Duration // how long a soak lasts; 0: no soak
}

// A part of a schedule is a rate that goes evenly from one value to another within a
// while. The last one goes on for ever, at one rate.
type part struct {
	from, to float64 // dialogues per second
	lasts    time.Duration
}

// Constant is so many a second from beginning to end; 0 is a closed loop.
func Constant(rate float64) Schedule {
	if rate <= 0 {
		return Schedule{}
	}
	return Schedule{words: fmt.Sprintf("%g", rate), parts: []part{{from: rate, to: rate}}}
}

// Fastest is the highest rate that can be asked for, in dialogues per second.
const Fastest = 1e6

// The other bounds of a rate, and of a schedule.
const (
	slowest   = 0.001 // dialogues per second
	mostParts = 100
	longPart  = 7 * 24 * time.Hour
)

// ParseSchedule reads a schedule:
//
//	50                   50 a second
//	step 10:20s,50:20s   10 a second for 20 s, then 50 a second
//	ramp 10:200:60s      from 10 to 200 a second within 60 s, then 200
//	soak 20:10m          20 a second, with as many people as that takes in 10 min
//
// The last rate of a step or a ramp goes on until everybody has begun: runs end by
// people, never by time.
func ParseSchedule(s string) (Schedule, error) {
	word, rest, _ := strings.Cut(strings.TrimSpace(s), " ")
	var (
		parsed Schedule
		err    error
	)
	switch rest = strings.TrimSpace(rest); {
	case word == "step":
		parsed, err = parseSteps(rest)
	case word == "ramp":
		parsed, err = parseRamp(rest)
	case word == "soak":
		parsed, err = parseSoak(rest)
	case rest != "" || !number(word):
		err = errNoForm
	default:
		var rate float64
		rate, err = parseRate(word)
		parsed = Constant(rate)
	}
	if err != nil {
		return Schedule{}, fmt.Errorf("the schedule %q: %w", s, err)
	}
	parsed.words = strings.Join(strings.Fields(s), " ")
	return parsed, nil
}

var errNoForm = errors.New("it is no rate, as in 50, and begins with none of step, ramp and soak, as in step 10:20s,50:20s or ramp 10:200:60s or soak 20:10m (rates per second)")

func number(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

func parseSteps(s string) (Schedule, error) {
	var parsed Schedule
	for _, step := range strings.Split(s, ",") {
		rate, lasts, err := parseRateFor(step)
		if err != nil {
			return parsed, err
		}
		parsed.parts = append(parsed.parts, part{rate, rate, lasts})
	}
	if len(parsed.parts) > mostParts {
		return parsed, fmt.Errorf("it has more than %d steps", mostParts)
	}
	return parsed, nil
}

func parseRamp(s string) (Schedule, error) {
	low, rest, both := strings.Cut(s, ":")
	if !both {
		return Schedule{}, fmt.Errorf("a ramp has two rates and a time, as in ramp 10:200:60s")
	}
	from, err := parseRate(low)
	if err != nil {
		return Schedule{}, err
	}
	to, lasts, err := parseRateFor(rest)
	if err != nil {
		return Schedule{}, err
	}
	return Schedule{parts: []part{{from, to, lasts}, {from: to, to: to}}}, nil
}

func parseSoak(s string) (Schedule, error) {
	rate, lasts, err := parseRateFor(s)
	if err != nil {
		return Schedule{}, err
	}
	if rate*lasts.Seconds() > mostPeople {
		return Schedule{}, fmt.Errorf("%g a second for %s are more than %d people", rate, lasts, mostPeople)
	}
	return Schedule{parts: []part{{from: rate, to: rate}}, soak: lasts}, nil
}

// mostPeople is how many a soak may come to.
const mostPeople = 10_000_000

func parseRateFor(s string) (float64, time.Duration, error) {
	number, while, both := strings.Cut(s, ":")
	if !both {
		return 0, 0, fmt.Errorf("%q is no rate and time, as in 50:20s", s)
	}
	rate, err := parseRate(number)
	if err != nil {
		return 0, 0, err
	}
	lasts, err := time.ParseDuration(strings.TrimSpace(while))
	if err != nil || lasts <= 0 || lasts > longPart {
		return 0, 0, fmt.Errorf("%q is no time between 0 and %s, as in 20s", while, longPart)
	}
	return rate, lasts, nil
}

func parseRate(s string) (float64, error) {
	rate, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(rate >= slowest && rate <= Fastest) {
		return 0, fmt.Errorf("%q is no rate between %g and %.0f a second", s, slowest, Fastest)
	}
	return rate, nil
}

// String is the schedule as [ParseSchedule] reads it; "" is a closed loop.
func (s Schedule) String() string { return s.words }

// Closed says whether it is a closed loop.
func (s Schedule) Closed() bool { return len(s.parts) == 0 }

// Highest is the highest rate that is asked for, in dialogues per second.
func (s Schedule) Highest() float64 {
	highest := 0.0
	for _, p := range s.parts {
		highest = max(highest, p.from, p.to)
	}
	return highest
}

// Soaks is how many dialogues a soak has; 0 where it is none.
func (s Schedule) Soaks() int { return int(math.Ceil(s.Highest() * s.soak.Seconds())) }

// At is when the n-th dialogue is to begin, counted from the first one's beginning.
// In a closed loop none has a time.
func (s Schedule) At(n int) time.Duration {
	left, passed := float64(n), time.Duration(0)
	for i, p := range s.parts {
		within := (p.from + p.to) / 2 * p.lasts.Seconds()
		if i < len(s.parts)-1 && left >= within {
			left, passed = left-within, passed+p.lasts
			continue
		}
		return passed + time.Duration(p.after(left)*float64(time.Second))
	}
	return 0
}

// after is when so many have begun, in seconds: the root of rate·t + growth·t²/2 = n,
// in the form that does not cancel.
func (p part) after(n float64) float64 {
	if p.from == p.to {
		return n / p.from
	}
	growth := (p.to - p.from) / p.lasts.Seconds()
	return 2 * n / (p.from + math.Sqrt(math.Max(0, p.from*p.from+2*growth*n)))
}

// Due is how many of so many dialogues are to have begun when that time has passed.
func (s Schedule) Due(passed time.Duration, dialogues int) int {
	return sort.Search(dialogues, func(n int) bool { return s.At(n) > passed })
}

// Mean is the rate at which so many dialogues are to begin, from the first to the
// last; 0 in a closed loop.
func (s Schedule) Mean(dialogues int) float64 {
	whole := s.At(dialogues - 1).Seconds()
	if len(s.parts) < 2 || whole <= 0 {
		return s.Highest()
	}
	return float64(dialogues-1) / whole
}
