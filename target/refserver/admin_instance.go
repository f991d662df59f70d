package refserver

import (
	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
)

func (a *visit) readInstance() (*resource.Object, error) {
	return object(
		"version", a.version().String(),
		"base_url", a.baseURL(a.Request),
		"permissions", texts(iam.Permissions),
	), nil
}

// alterInstance sets the version, as an upgrade or a downgrade would: it is no
// setting of any screen. It is not kept in the store.
func (a *visit) alterInstance() (*resource.Object, error) {
	body, err := a.body()
	if err != nil {
		return nil, err
	}
	text, ok := body.Get("version").(string)
	if !ok || body.Len() != 1 {
		return nil, badValue("version: it alone can be set, and is a string")
	}
	v, err := iam.ParseVersion(text)
	if err != nil {
		return nil, err
	}
	a.instance.Store(&v)
	return a.readInstance()
}
