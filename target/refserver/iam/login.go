package iam

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

// A Login is what the identity provider says when it is asked at a draft's
// [SignOnURL] whether somebody may sign on. No SAML and no OpenID is spoken: the
// answer stands in for what a sign-on would have shown.
type Login struct {
	Assigned bool             // whether the user is assigned to the application
	BaseURL  string           // as set in the application's sign-on settings
	IAMID    string           // as set there too
	UserName string           // under which the application knows the user
	Profile  *resource.Object // what it would tell of the user; may be nil
}

// ReadLogin reads {"assigned": true, "base_url": "…", "iam_id": "…", "userName":
// "…", "profile": {…}}. Of a user who is not assigned nothing more is needed.
func ReadLogin(body *resource.Object) (Login, error) {
	assigned, ok := body.Get("assigned").(bool)
	l := Login{
		Assigned: assigned,
		BaseURL:  body.Text("base_url"),
		IAMID:    body.Text("iam_id"),
		UserName: body.Text("userName"),
		Profile:  body.Object("profile"),
	}
	if !ok || assigned && l.UserName == "" {
		return Login{}, errors.New("it does not say whether the user is assigned, and under which userName")
	}
	return l, nil
}

// Check says why Test User Login fails: the user is not assigned to the application
// (the seed page: documented), the application leads elsewhere, by its Base URL or
// its IAM ID, or the account that the user has in this IAM already is disabled (that
// removing a person shows as disabled: the seed page, documented; that who is
// disabled cannot log in: inference). user is who was asked for, and baseURL the
// instance's.
func (l Login) Check(user, baseURL, id string, disabled bool) error {
	if !l.Assigned {
		return conflict("%q is not assigned to the application at the identity provider", user)
	}
	var wrong []string
	if !sameURL(l.BaseURL, baseURL) {
		wrong = append(wrong, "its Base URL is "+quote(l.BaseURL)+", and this instance's is "+quote(baseURL))
	}
	if l.IAMID != id {
		wrong = append(wrong, "its IAM ID is "+quote(l.IAMID)+", and this IAM's is "+quote(id))
	}
	if wrong != nil {
		return conflict("the application at the identity provider leads elsewhere: %s", strings.Join(wrong, "; "))
	}
	if disabled {
		return conflict("the account %s is disabled in %s: it cannot log in, whatever the identity provider says", quote(l.UserName), id)
	}
	return nil
}

// sameURL compares scheme and host without regard to letter case, and paths without
// a slash at their end.
func sameURL(a, b string) bool {
	u, errA := url.Parse(a)
	v, errB := url.Parse(b)
	return errA == nil && errB == nil && strings.EqualFold(u.Scheme, v.Scheme) && strings.EqualFold(u.Host, v.Host) &&
		strings.TrimRight(u.EscapedPath(), "/") == strings.TrimRight(v.EscapedPath(), "/") && u.RawQuery == v.RawQuery
}

// quote shows the beginning of what somebody else has said.
func quote(s string) string {
	const most = 200
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return strconv.Quote(s)
}
