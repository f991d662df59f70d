package refserver

import "strings"

// AdminRoutes are the addresses of the administration API, each "GET /iams/{iam}".
func AdminRoutes() (all []string) {
	for _, r := range adminRoutes {
		all = append(all, r.method+" "+r.path)
	}
	return all
}

// AdminRoute is the one of them that answers a request below /admin/v1; "" for none.
func AdminRoute(method, path string) string {
	for _, r := range adminRoutes {
		if _, ok := r.matches(strings.Split(strings.Trim(path, "/"), "/")); ok && r.method == method {
			return r.method + " " + r.path
		}
	}
	return ""
}

// MayAsk says why an identity provider at an address is not asked.
func MayAsk(address string) error { return mayAsk(address) }

// NewKey makes a key as an IAM gets one.
func NewKey() string { return newKey() }
