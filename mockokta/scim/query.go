package scim

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// find asks for the resources whose attribute equals value, the operator always
// being eq. Order of parameters: filter, startIndex, count (documented,
// observed). Quotes and backslashes are escaped as in JSON first (inference from
// RFC 7644, section 3.4.2.2). The space is "%20" or "+": both are documented, in
// different revisions of Okta's SCIM reference.
func (a Accent) find(path, attribute, value string) Request {
	filter := percentEncoded(attribute + " eq " + string(text(value)))
	if a.PlusForSpace {
		filter = strings.ReplaceAll(filter, "%20", "+")
	}
	return Request{Method: http.MethodGet, Path: path, RawQuery: "filter=" + filter + "&startIndex=1&count=100"}
}

func list(path string, startIndex, count int) Request {
	return Request{Method: http.MethodGet, Path: path, RawQuery: fmt.Sprintf("startIndex=%d&count=%d", startIndex, count)}
}

// percentEncoded encodes all but the unreserved characters of RFC 3986,
// section 2.3.
func percentEncoded(s string) string {
	var b strings.Builder
	b.Grow(3 * len(s))
	for _, c := range []byte(s) {
		if unreserved(c) {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
	}
	return b.String()
}

const hexDigits = "0123456789ABCDEF"

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// at is the path of one resource. The id is the server's own word, so that it
// may hold anything.
func at(path, id string) string { return path + "/" + url.PathEscape(id) }
