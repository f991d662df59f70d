package management

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// An Error is an error answer of Okta's management API. Code is Okta's
// ("E0000001"); the causes tell what Summary leaves out.
type Error struct {
	Status  int     `json:"-"`
	Code    string  `json:"errorCode"`
	Summary string  `json:"errorSummary"`
	Link    string  `json:"errorLink"`
	ID      string  `json:"errorId"`
	Causes  []Cause `json:"errorCauses"`
}

// A Cause is one reason behind an Error.
type Cause struct {
	Summary string `json:"errorSummary"`
}

func (e *Error) Error() string {
	parts := []string{fmt.Sprintf("okta answered %d %s: %s", e.Status, e.Code, e.Summary)}
	field := strings.TrimPrefix(e.Summary, notValid) // which a cause of Okta's says once more
	for _, c := range e.Causes {
		parts = append(parts, strings.TrimPrefix(c.Summary, field+": "))
	}
	return strings.Join(parts, ": ")
}

func oops(status int, code, summary string, causes ...string) *Error {
	e := &Error{Status: status, Code: code, Summary: summary, Link: code, Causes: []Cause{}}
	for _, c := range causes {
		e.Causes = append(e.Causes, Cause{c})
	}
	return e
}

// invalid is Okta's answer to a value that it would not take.
func invalid(field, why string) *Error {
	return oops(http.StatusBadRequest, "E0000001", notValid+field, field+": "+why)
}

const notValid = "Api validation failed: "

// asOkta says what went wrong in Okta's words. The shapes of E0000001 and
// E0000007 are recorded ones (observed).
func asOkta(err error) *Error {
	var (
		okta     *Error
		notFound *directory.NotFound
		conflict *directory.Conflict
		wrong    *directory.Invalid
	)
	switch {
	case errors.As(err, &okta):
		return okta
	case errors.As(err, &notFound):
		return oops(http.StatusNotFound, "E0000007", fmt.Sprintf("Not found: Resource not found: %s (%s)", notFound.ID, notFound.Kind))
	case errors.As(err, &wrong):
		return invalid(wrong.Field, wrong.Why)
	case errors.As(err, &conflict):
		return inConflict(conflict)
	}
	return oops(http.StatusInternalServerError, "E0000009", "Internal Server Error", err.Error())
}

func inConflict(c *directory.Conflict) *Error {
	switch c.What {
	case "activate":
		return oops(http.StatusForbidden, "E0000016", "Activation failed because the user is already active", c.Why)
	case "assign", "update profile", "update password":
		return oops(http.StatusForbidden, "E0000038", "This operation is not allowed in the user's current status.", c.Why)
	case "delete":
		return oops(http.StatusForbidden, "E0000056", "Delete application forbidden.", c.Why)
	}
	return invalid(c.What, c.Why)
}
