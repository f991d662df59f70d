package management

import (
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// A role is what a token lets its bearer do. Okta gives a token the rights of the
// person who made it (documented).
type role string

const (
	administrator role = "admin"
	// A plainUser may not add or edit applications, nor do anything else that this
	// API is for. Real Okta lets plain users read a little of themselves; the mock has
	// nothing that is for them.
	plainUser role = "user"
)

// tokens are the API tokens of an organisation: the one that it was started with, an
// administrator's, and those that were made since.
type tokens struct {
	secrets Secrets

	mu    sync.Mutex
	roles []role // of the tokens that were made, in that order
}

// role is that of whoever shows the header; "" for a stranger.
func (t *tokens) role(authorization string) role {
	scheme, token, _ := strings.Cut(authorization, " ")
	if scheme != "SSWS" && scheme != "Bearer" {
		return ""
	}
	is := func(known string) bool { return subtle.ConstantTimeCompare([]byte(token), []byte(known)) == 1 }
	if is(t.secrets.Token) {
		return administrator
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for n, as := range t.roles {
		if is(t.numbered(n)) {
			return as
		}
	}
	return ""
}

// add makes a token.
func (t *tokens) add(as role) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.roles = append(t.roles, as)
	return t.numbered(len(t.roles) - 1)
}

func (t *tokens) numbered(n int) string { return t.secrets.made("token " + strconv.Itoa(n)) }

type tokenRequest struct {
	Role role `json:"role"`
}

type tokenView struct {
	Role  role   `json:"role"`
	Token string `json:"token"` // shown once
}

// createToken makes an API token, as Security > API does in Okta's console for
// whoever is signed in there. The role in its place is the mock's own.
func (h *Handler) createToken(r *http.Request) (answer, error) {
	body, err := read[tokenRequest](r)
	if err != nil {
		return no(err)
	}
	if body.Role != administrator && body.Role != plainUser {
		return no(invalid("role", "The value is neither admin nor user"))
	}
	return ok(tokenView{body.Role, h.tokens.add(body.Role)})
}
