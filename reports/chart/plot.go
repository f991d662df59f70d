// Package chart draws a few lines in a frame, as SVG that stands in a page: no
// script, no style of its own, nothing to be fetched. It is pure. How things look is
// said by the page's style sheet, by class: frame, grid, tick, axis, mark, and line
// and dot together with s0 to s7, one after the other, or with the series' own.
package chart

import (
	"encoding/xml"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// The picture's size, and the room around the frame for what is written there, in
// units of the drawing. It is small, so that the writing is legible on a phone.
const (
	Width, Height = 440, 250

	left, right, top, bottom = 46, 10, 24, 36
)

// A Plot is one picture.
type Plot struct {
	Title  string // what it shows, for those who cannot see it
	X, Y   Axis
	Series []Series
	Marks  []Mark
}

// An Axis says what is measured, in which unit, and where a value lies.
type Axis struct {
	Title string
	Scale Scale
}

// A Series is one line. A point that is no number is a gap in it.
type Series struct {
	Name   string // for the legend, which is the page's
	Class  string // "" means that of its place: s0 to s7
	Points []Point
	Dots   bool // also where there is a line: each point was measured by itself
}

// A Point is a pair of values, in the units of the axes.
type Point struct{ X, Y float64 }

// A Mark is a value on the axis X that is pointed out.
type Mark struct {
	X    float64
	Text string
}

// ClassOf is the class of the n-th series of a plot.
func (p Plot) ClassOf(n int) string {
	if c := p.Series[n].Class; c != "" {
		return c
	}
	return "s" + strconv.Itoa(n%8)
}

// Empty says that there is nothing to be seen.
func (p Plot) Empty() bool {
	for _, s := range p.Series {
		for _, point := range s.Points {
			if point.drawn() {
				return false
			}
		}
	}
	return true
}

func (p Point) drawn() bool {
	return !math.IsNaN(p.X) && !math.IsNaN(p.Y) && !math.IsInf(p.X, 0) && !math.IsInf(p.Y, 0)
}

// SVG draws the plot. All that is written in it is escaped.
func (p Plot) SVG() template.HTML {
	d := &drawing{plot: p}
	d.add(`<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="%s">`, Width, Height, escaped(p.Title))
	d.axes()
	for _, m := range p.Marks {
		d.mark(m)
	}
	for n, s := range p.Series {
		d.series(p.ClassOf(n), s)
	}
	d.add(`</svg>`)
	return template.HTML(d.out.String())
}

type drawing struct {
	plot Plot
	out  strings.Builder
}

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.out, format+"\n", args...) }

func (d *drawing) x(v float64) float64 {
	return left + d.plot.X.Scale.Place(v)*(Width-left-right)
}

func (d *drawing) y(v float64) float64 {
	return Height - bottom - d.plot.Y.Scale.Place(v)*(Height-top-bottom)
}

func (d *drawing) text(class string, x, y float64, anchor, text string) {
	d.add(`<text class="%s" x="%s" y="%s" text-anchor="%s">%s</text>`, class, num(x), num(y), anchor, escaped(text))
}

func (d *drawing) axes() {
	for _, t := range d.plot.Y.Scale.Ticks() {
		y := d.y(t.At)
		d.add(`<path class="grid" d="M%d %sH%d"/>`, left, num(y), Width-right)
		d.text("tick", left-6, y+4, "end", t.Text)
	}
	for _, t := range d.plot.X.Scale.Ticks() {
		x := d.x(t.At)
		d.add(`<path class="grid" d="M%s %dV%d"/>`, num(x), top, Height-bottom)
		anchor := "middle"
		if x > Width-right-8 {
			anchor = "end"
		}
		d.text("tick", min(x, Width-right+8), Height-bottom+15, anchor, t.Text)
	}
	d.add(`<path class="frame" d="M%d %dV%dH%d"/>`, left, top, Height-bottom, Width-right)
	d.text("axis", 2, 14, "start", d.plot.Y.Title)
	d.text("axis", Width-right, Height-4, "end", d.plot.X.Title)
}

func (d *drawing) mark(m Mark) {
	x := d.x(m.X)
	if math.IsNaN(x) {
		return
	}
	d.add(`<path class="mark" d="M%s %dV%d"/>`, num(x), top, Height-bottom)
	anchor, beside := "start", 4.0
	if x > Width/2 {
		anchor, beside = "end", -4
	}
	d.text("mark", x+beside, top+12, anchor, m.Text)
}

// series draws a line through the points between gaps. One that stands alone is a
// dot: a line of one point would not be seen.
func (d *drawing) series(class string, s Series) {
	var path strings.Builder
	var dots []Point
	points := s.Points
	for n := 0; n < len(points); n++ {
		first := n
		for n < len(points) && points[n].drawn() {
			n++
		}
		switch stretch := points[first:n]; len(stretch) {
		case 0:
		case 1:
			dots = append(dots, stretch[0])
		default:
			if s.Dots {
				dots = append(dots, stretch...)
			}
			path.WriteString("M")
			for k, point := range stretch {
				if k > 0 {
					path.WriteString("L")
				}
				path.WriteString(num(d.x(point.X)) + " " + num(d.y(point.Y)))
			}
		}
	}
	if path.Len() > 0 {
		d.add(`<path class="line %s" d="%s"/>`, class, path.String())
	}
	for _, dot := range dots {
		d.add(`<circle class="dot %s" cx="%s" cy="%s" r="3"/>`, class, num(d.x(dot.X)), num(d.y(dot.Y)))
	}
}

// num is a coordinate to a tenth.
func num(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

func escaped(s string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(s)) // into memory: it cannot fail
	return out.String()
}
