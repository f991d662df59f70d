package provision

import "github.com/scimproof/scimproof/mockokta/scim"

// TestConnection is what Okta says when an administrator tests the connection: a
// page of two accounts (observed), and where groups are imported a page of a
// hundred groups (documented in an earlier revision; on its condition, observed
// without and inference with). It passes when each is answered by a list, also an
// empty one, and makes nothing.
func TestConnection(importGroups bool) Dialogue {
	return readList(scim.ListUsers(1, 2), func() Dialogue {
		if !importGroups {
			return said(End{})
		}
		return readList(scim.ListGroups(1, 100), func() Dialogue { return said(End{}) })
	})
}

func readList(r scim.Request, next func() Dialogue) Dialogue {
	return Dialogue{Say: r, Hear: func(a scim.Answer) Dialogue {
		if _, err := scim.ReadList(a); err != nil {
			return notConnected(err)
		}
		return next()
	}}
}
