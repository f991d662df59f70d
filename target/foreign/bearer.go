package foreign

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/elimity-com/scim/errors"
)

// requireBearer lets through what carries the token and answers the rest with
// 401 and a SCIM error (RFC 7644, sections 2 and 3.12). The library leaves
// authentication to its user.
func requireBearer(token string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, got, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare([]byte(got), []byte(token)) == 0 {
			refuse(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func refuse(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/scim+json")
	w.Header().Set("WWW-Authenticate", "Bearer")
	w.WriteHeader(http.StatusUnauthorized)
	_ = json.NewEncoder(w).Encode(errors.ScimError{
		Status: http.StatusUnauthorized,
		Detail: "The bearer token is missing or wrong.",
	})
}
