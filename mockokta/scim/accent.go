package scim

import "github.com/go-json-experiment/json/jsontext"

// An Accent is what of Okta's requests no source settles. The zero value is Okta
// as we believe it to be; each field says what else was read or seen.
type Accent struct {
	// PlusForSpace writes the space of a filter as "+" in place of "%20". Both
	// are documented, in different revisions of Okta's SCIM reference.
	PlusForSpace bool
	// ReferenceOrder writes a PUT's keys in the order of Okta's newer reference, in
	// place of that of its page of 2018. Where the former is silent, the order is
	// inference.
	ReferenceOrder bool
	// Empty is how a value that was taken away in Okta travels in a profile push.
	Empty Empty
	// WholeLists replaces a list that Okta maps into as a whole, in place of the
	// elements that it maps. The one captured link, of an account with one address,
	// fits both; other vendors' guides speak of the element.
	WholeLists bool
	// PatchNamesID puts the id into the value of a PATCH of an account too, as in
	// that of a group: some servers guard against it (onyx-dot-app/onyx), and no
	// page of Okta's shows it.
	PatchNamesID bool
	// LookupBy is the attribute by which accounts are looked up; empty means userName.
	LookupBy string
}

// value is what stands for a value that was taken away; nil where nothing does.
func (e Empty) value() jsontext.Value {
	switch e {
	case EmptyString:
		return jsontext.Value(`""`)
	case Null:
		return jsontext.Value("null")
	}
	return nil
}

func (a Accent) putOrder() order {
	if a.ReferenceOrder {
		return referenceOrder
	}
	return putOrder
}
