package scim

import "net/http"

const patchOpSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp" // RFC 7644, section 3.5.2

// patch carries the operations out, in order.
func patch(path string, operations ...any) Request {
	body := object{
		{"schemas", array{text(patchOpSchema)}},
		{"Operations", array(operations)},
	}
	return Request{Method: http.MethodPatch, Path: path, Body: compact(body)}
}

// operation is op, path and value in this order, op in lower case; an empty path
// and a nil value are left out.
//
// Source: Okta SCIM 2.0 reference (documented).
func operation(op, path string, value any) object {
	return object{{"op", text(op)}, {"path", orNone(path)}, {"value", value}}.over(nil, laying{})
}
