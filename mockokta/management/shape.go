package management

import "time"

// A stamp is a time as Okta writes it, with milliseconds; the zero time is null.
type stamp time.Time

func (s stamp) MarshalJSON() ([]byte, error) { return written(s, "2006-01-02T15:04:05.000Z") }

// A second is a time as push mappings alone have it, without milliseconds
// (observed).
type second time.Time

func (s second) MarshalJSON() ([]byte, error) { return written(stamp(s), "2006-01-02T15:04:05Z") }

func written(s stamp, layout string) ([]byte, error) {
	if t := time.Time(s); !t.IsZero() {
		return []byte(t.UTC().Format(`"` + layout + `"`)), nil
	}
	return []byte("null"), nil
}

// links are the _links of a resource, by relation.
type links map[string]href

type href struct {
	Href   string `json:"href"`
	Method string `json:"method,omitempty"`
	Hints  *hints `json:"hints,omitempty"`
}

type hints struct {
	Allow []string `json:"allow"`
}

func to(where string) href               { return href{Href: where} }
func act(where string) href              { return href{Href: where, Method: "POST"} }
func allow(w string, how ...string) href { return href{Href: w, Hints: &hints{Allow: how}} }
