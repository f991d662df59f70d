package evidence

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// fileName turns an address such as "unassign-disables/upper-case.aiw" into a
// name that is safe on every file system and cannot leave its folder. Two
// addresses never share one: where the plain rewriting could make them meet, a
// few digits of the address's hash keep them apart.
func fileName(address string) string {
	const longest = 120
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '.', r == '_':
			return r
		case r == '/':
			return '~'
		default:
			return '-'
		}
	}, address)
	safe = strings.TrimLeft(safe, ".-")
	if strings.ReplaceAll(safe, "~", "/") == address && len(safe) <= longest && safe != "" {
		return safe
	}
	safe = strings.Trim(safe[:min(len(safe), longest)], ".-")
	return fmt.Sprintf("%s-%x", safe, sha256.Sum256([]byte(address)))[:len(safe)+1+8]
}
