package refserver

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/patch"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// A problem is a SCIM error answer (RFC 7644, section 3.12).
type problem struct {
	status int
	kind   string // scimType; often empty
	detail string // never empty: Okta's specification test wants it (documented)
}

func (p *problem) Error() string { return p.detail }

func problemf(status int, kind, format string, args ...any) *problem {
	return &problem{status, kind, fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) *problem {
	return problemf(http.StatusNotFound, "", format, args...)
}

func badSyntax(format string, args ...any) *problem {
	return problemf(http.StatusBadRequest, "invalidSyntax", format, args...)
}

func badValue(format string, args ...any) *problem {
	return problemf(http.StatusBadRequest, "invalidValue", format, args...)
}

func badFilter(format string, args ...any) *problem {
	return problemf(http.StatusBadRequest, "invalidFilter", format, args...)
}

func immutable(format string, args ...any) *problem {
	return problemf(http.StatusBadRequest, "mutability", format, args...)
}

// asProblem turns what went wrong into an answer. Words of the store's own
// troubles stay inside.
func asProblem(err error) *problem {
	var p *problem
	var pe *patch.Error
	var invalid iam.Invalid
	var conflict iam.Conflict
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &invalid):
		return badValue("%s", invalid)
	case errors.As(err, &conflict):
		return problemf(http.StatusConflict, "", "%s", conflict)
	case errors.As(err, &pe):
		return problemf(http.StatusBadRequest, pe.Type, "%s", pe.Detail)
	case errors.Is(err, store.ErrNotFound):
		return notFound("there is no such resource")
	}
	return problemf(http.StatusInternalServerError, "", "the server could not carry this out; nothing was changed")
}

const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error"

func writeProblem(w http.ResponseWriter, p *problem) {
	body := resource.Of(
		resource.Member{Name: "schemas", Value: resource.List{errorSchema}},
		resource.Member{Name: "status", Value: strconv.Itoa(p.status)},
	)
	if p.kind != "" {
		body.Set("scimType", p.kind)
	}
	body.Set("detail", p.detail)
	write(w, p.status, scimMedia, body)
}

func write(w http.ResponseWriter, status int, contentType string, body resource.Value) {
	b := resource.AppendJSON(nil, body)
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	w.Write(b) // whoever has hung up will not learn of it
}
