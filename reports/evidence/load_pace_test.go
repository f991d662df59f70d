package evidence

import "testing"

// A rate is kept when 99 % of it was achieved, or the last one was two milliseconds late
// at most: in a phase of a tenth of a second that is more than a hundredth.
func TestARateIsKept(t *testing.T) {
	for _, tt := range []struct {
		began           int
		asked, achieved float64
		kept            bool
	}{
		{1000, 100, 99, true},
		{1000, 100, 98.9, false},
		{20, 300, 294, true},      // 1.3 ms late of 63
		{20, 300, 288, false},     // 2.6 ms
		{20, 300, 30, false},      // a full pool is no moment
		{5, 300, 30, true},        // too few to say
		{1000, 0, 10, true},       // a closed loop asks for none
		{3000, 3000, 2950, false}, // 17 ms of a second
	} {
		p := LoadPhase{People: LoadPeople{Began: tt.began}, Pace: LoadPace{Asked: tt.asked, Achieved: tt.achieved}}
		if p.Kept() != tt.kept {
			t.Errorf("%d begun, %g a second of %g: want %v", tt.began, tt.achieved, tt.asked, tt.kept)
		}
	}
}
