package provision

import "time"

// When things happen is drawn, not measured. Okta was seen to act one to nine
// seconds after an event and to follow an answer within a quarter of a second
// (observed). Both queues draw from the same range, since neither is known to
// be the faster.
const (
	soonest, latest   = 1 * time.Second, 9 * time.Second               // from a change to its Op's beginning
	quickest, slowest = 100 * time.Millisecond, 400 * time.Millisecond // from a request to its answer
)

// draw hashes a seed and what the draw is for. Nothing that carries a run's
// name may be among the latter, so that a seed means the same in every run.
func draw(seed uint64, of ...uint64) uint64 {
	h := mix(seed)
	for _, v := range of {
		h = mix(h ^ mix(v))
	}
	return h
}

// mix is the finaliser of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// between places a draw in a range.
func between(from, to time.Duration, drawn uint64) time.Duration {
	return from + time.Duration(drawn%uint64(to-from))
}

// Placeholder is the password that Okta makes up for a person, 8 characters of
// letters and digits (documented: REF's create carries one even while password
// sync is off).
func Placeholder(seed uint64, ordinal int) string {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	drawn := draw(seed, 'w', uint64(ordinal))
	var word [8]byte
	for i := range word {
		word[i] = letters[drawn%uint64(len(letters))]
		drawn /= uint64(len(letters))
	}
	return string(word[:])
}
