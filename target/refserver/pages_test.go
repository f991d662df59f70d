package refserver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestPagingWhileOthersWrite reads all pages of a collection, with writes of every
// kind between them. Whoever was there all the time is seen exactly once: places are
// given by the order of creation, which no write alters. A deletion moves those
// behind it up by one place, which a client that counts places cannot know (RFC 7644,
// section 3.4.2.4, gives it no cursor): then nobody is seen twice, and at most as
// many are missed as were deleted from among those seen.
func TestPagingWhileOthersWrite(t *testing.T) {
	for name, c := range map[string]struct {
		path string
		body func(name string, more ...string) string
		name string
	}{
		"people": {"/Users", user, "userName"},
		"groups": {"/Groups", group, "displayName"},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				s := newTenant(t)
				s.admin("PATCH", "/iams/"+s.id, `{"delete_users":true}`).is(200)
				member := s.newUser("a member")
				made := 0
				add := func() string {
					made++
					return s.ask("POST", c.path, c.body(fmt.Sprintf("n%d", made))).is(201).text("id")
				}
				var there []string
				for range rapid.IntRange(0, 12).Draw(r, "there at first") {
					there = append(there, add())
				}
				all := slices.Clone(there) // of those there at first or made since, who is left
				if c.path == "/Users" {
					there, all = append([]string{member}, there...), append([]string{member}, all...)
				}
				deletes, deleted := rapid.Bool().Draw(r, "some are deleted"), 0
				write := func(seen []string) {
					kind := rapid.SampledFrom([]string{"make", "rename", "disable", "put", "delete", "membership"}).Draw(r, "write")
					if kind == "make" || len(all) == 0 {
						all = append(all, add())
						return
					}
					id := rapid.SampledFrom(all).Draw(r, "whose")
					made++
					switch kind {
					case "rename":
						s.ask("PATCH", c.path+"/"+id, ops(fmt.Sprintf(`{"op":"replace","value":{"%s":"0%d"}}`, c.name, made))).is(200)
					case "disable":
						if c.path == "/Users" {
							s.ask("PATCH", c.path+"/"+id, ops(`{"op":"replace","value":{"active":false}}`)).is(200)
						}
					case "put":
						s.ask("PUT", c.path+"/"+id, c.body(fmt.Sprintf("p%d", made))).is(200)
					case "membership":
						if c.path == "/Groups" {
							s.ask("PATCH", c.path+"/"+id, ops(`{"op":"add","path":"members","value":`+values(member)+`}`)).is(200)
						} else {
							s.ask("POST", "/Groups", group(fmt.Sprintf("g%d", made), members(id))).is(201)
						}
					case "delete":
						if !deletes || id == member {
							return
						}
						s.ask("DELETE", c.path+"/"+id, "").is(204)
						gone := func(other string) bool { return other == id }
						all, there = slices.DeleteFunc(all, gone), slices.DeleteFunc(there, gone)
						if slices.Contains(seen, id) {
							deleted++
						}
					}
				}
				count := rapid.IntRange(1, 5).Draw(r, "page size")
				var seen []string
				for start, total := 1, 1; start <= total; start += count {
					page := s.ask("GET", fmt.Sprintf("%s?startIndex=%d&count=%d", c.path, start, count), "").is(200)
					seen = append(seen, strings.Fields(page.each("id"))...)
					total = int(page.body["totalResults"].(float64))
					if total != len(all) {
						r.Fatalf("totalResults %d, and there are %d", total, len(all))
					}
					if start < 40 { // else they could be made faster than they are read
						for range rapid.IntRange(0, 3).Draw(r, "writes") {
							write(seen)
						}
					}
				}
				times, missed := map[string]int{}, 0
				for _, id := range seen {
					if times[id]++; times[id] > 1 {
						r.Fatalf("%s is seen twice: %v", id, seen)
					}
				}
				for _, id := range there {
					if times[id] == 0 {
						missed++
					}
				}
				if missed > deleted {
					r.Fatalf("%d of those who were there all the time were not seen, and %d before them were deleted: %v", missed, deleted, seen)
				}
			})
		})
	}
}
