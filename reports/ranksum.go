package reports

import (
	"cmp"
	"math"
	"slices"
)

// rankSum is the two-sided exact test of Mann and Whitney (Wilcoxon): how likely two
// samples of one source come out at least as far apart as these did, by their ranks.
// Equal values share their ranks, and all ways to deal the ranks out are counted, so
// that ties need no correction. It takes samples of some dozens.
func rankSum(a, b []float64) float64 {
	n, all := len(a), slices.Concat(a, b)
	ranks := doubleRanks(all)
	sum, most := 0, 0
	for k, r := range ranks {
		if k < n {
			sum += r
		}
		most += r
	}
	ways := subsets(ranks, n, most)
	expected := float64(most) * float64(n) / float64(len(all))
	distance := math.Abs(float64(sum) - expected)
	far, total := 0.0, 0.0
	for s, count := range ways {
		total += count
		if math.Abs(float64(s)-expected) >= distance-1e-9 {
			far += count
		}
	}
	return far / total
}

// doubleRanks are twice the ranks, so that those of ties are whole as well.
func doubleRanks(all []float64) []int {
	order := make([]int, len(all))
	for n := range order {
		order[n] = n
	}
	slices.SortFunc(order, func(x, y int) int { return cmp.Compare(all[x], all[y]) })
	ranks := make([]int, len(all))
	for first := 0; first < len(order); {
		next := first
		for next < len(order) && all[order[next]] == all[order[first]] {
			next++
		}
		for k := first; k < next; k++ {
			ranks[order[k]] = first + next + 1
		}
		first = next
	}
	return ranks
}

// subsets counts, for each sum up to most, the ways to choose n of the ranks that come
// to it.
func subsets(ranks []int, n, most int) []float64 {
	ways := make([][]float64, n+1)
	for k := range ways {
		ways[k] = make([]float64, most+1)
	}
	ways[0][0] = 1
	for _, r := range ranks {
		for k := n; k > 0; k-- {
			for s := most; s >= r; s-- {
				ways[k][s] += ways[k-1][s-r]
			}
		}
	}
	return ways[n]
}

// least is the smallest probability that rankSum can come to with samples of these
// sizes and no ties: all of a lie on one side of b.
func least(n, m int) float64 {
	ways := 1.0 // of n among n + m
	for k := 1; k <= n; k++ {
		ways = ways * float64(m+k) / float64(k)
	}
	return min(1, 2/ways)
}
