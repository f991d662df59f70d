package management

import (
	"net/http"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A CatalogueEntry is an application of the catalogue as the mock lists it.
type CatalogueEntry struct {
	Key        string `json:"key"` // the name of an application that is to be made from it
	Name       string `json:"name"`
	SignOnMode string `json:"signOnMode"`
	// Note says what of the entry is not Okta's; empty where its key and name are.
	Note string `json:"note,omitempty"`
}

func entryOf(t directory.Template) CatalogueEntry {
	return CatalogueEntry{Key: t.Key, Name: t.Name, SignOnMode: "SAML_2_0", Note: t.Note}
}

// catalogue is Browse App Catalog, which Okta has in its console alone: what has the
// words of q in its name, or everything.
func (h *Handler) catalogue(r *http.Request) (answer, error) {
	found := []CatalogueEntry{}
	for _, t := range directory.Catalogue() {
		if strings.Contains(strings.ToLower(t.Name), strings.ToLower(r.URL.Query().Get("q"))) {
			found = append(found, entryOf(t))
		}
	}
	return ok(found)
}

// An AppSheet is what the console shows of an application and Okta's API does not.
type AppSheet struct {
	ID        directory.AppID `json:"id"`
	Label     string          `json:"label"`
	Catalogue *CatalogueEntry `json:"catalogue,omitempty"` // nil for a custom application
	// SignOnURL is where the provider asks, with user=LOGIN, whether a person may sign
	// on. It is a secret of the two.
	SignOnURL string `json:"signOnUrl"`
}

func (h *Handler) showApp(r *http.Request) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	sheet := AppSheet{ID: a.ID, Label: a.Label, SignOnURL: h.signOnURL(r, a.ID)}
	if t := a.Template(); t.Key != "" {
		entry := entryOf(t)
		sheet.Catalogue = &entry
	}
	return ok(sheet)
}
