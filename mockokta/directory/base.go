package directory

import "slices"

// The schemas of RFC 7643 that the base profile is in: of every account (section
// 4.1), and of somebody in an enterprise (section 4.3).
const (
	coreUser       = "urn:ietf:params:scim:schemas:core:2.0:User"
	enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)

// base is the profile that a new application has, userName apart, in Okta's order,
// with the mapping that it comes with.
//
// That these are the attributes is observed (the mapping list of a real
// organisation). Of the external names those of name, emails, phoneNumbers, manager
// and department are in vendors' guides or observed; of the others, that each has
// the name that RFC 7643 gives it in sections 4.1 and 4.3, and addresses go the way
// of emails, is inference. The expression of emailType is in Auth0's guide; those of
// the other two types are like it (inference), as is what each attribute is mapped
// from where Okta's profile has another name for it.
var base = []mappedAttribute{
	{core("givenName", "Given name", "name.givenName"), "user.firstName"},
	{core("familyName", "Family name", "name.familyName"), "user.lastName"},
	{core("middleName", "Middle name", "name.middleName"), "user.middleName"},
	{core("honorificPrefix", "Honorific prefix", "name.honorificPrefix"), "user.honorificPrefix"},
	{core("honorificSuffix", "Honorific suffix", "name.honorificSuffix"), "user.honorificSuffix"},
	{core("email", "Email", "emails.^[primary==true].value"), "user.email"},
	{core("emailType", "Primary email type", "emails.^[primary==true].type"), workUnlessEmpty("email")},
	{core("title", "Title", "title"), "user.title"},
	{core("displayName", "Display name", "displayName"), "user.displayName"},
	{core("nickName", "Nickname", "nickName"), "user.nickName"},
	{core("profileUrl", "Profile Url", "profileUrl"), "user.profileUrl"},
	{core("primaryPhone", "Primary phone", "phoneNumbers.^[primary==true].value"), "user.primaryPhone"},
	{core("primaryPhoneType", "Primary phone type", "phoneNumbers.^[primary==true].type"), workUnlessEmpty("primaryPhone")},
	{core("addressType", "Address type", "addresses.^[primary==true].type"), workUnlessEmpty("streetAddress")},
	{core("streetAddress", "Street address", "addresses.^[primary==true].streetAddress"), "user.streetAddress"},
	{core("locality", "Locality", "addresses.^[primary==true].locality"), "user.city"},
	{core("region", "Region", "addresses.^[primary==true].region"), "user.state"},
	{core("postalCode", "Postal Code", "addresses.^[primary==true].postalCode"), "user.zipCode"},
	{core("country", "Country", "addresses.^[primary==true].country"), "user.countryCode"},
	{core("formatted", "Formatted", "addresses.^[primary==true].formatted"), "user.postalAddress"},
	{core("preferredLanguage", "Preferred language", "preferredLanguage"), "user.preferredLanguage"},
	{core("locale", "Locale Name", "locale"), "user.locale"},
	{core("timezone", "Time zone", "timezone"), "user.timezone"},
	{core("userType", "User type", "userType"), "user.userType"},
	{enterprise("employeeNumber", "Employee number", "employeeNumber"), "user.employeeNumber"},
	{enterprise("costCenter", "Cost center", "costCenter"), "user.costCenter"},
	{enterprise("organization", "Organization", "organization"), "user.organization"},
	{enterprise("division", "Division", "division"), "user.division"},
	{enterprise("department", "Department", "department"), "user.department"},
	{enterprise("managerValue", "Manager value", "manager.value"), "user.managerId"},
	{enterprise("managerDisplayName", "Manager display name", "manager.displayName"), "user.manager"},
}

// A mappedAttribute is an attribute of the base profile with its default mapping.
type mappedAttribute struct {
	Attribute
	expression string
}

func core(name, title, external string) Attribute {
	return Attribute{Name: name, Title: title, Type: String, ExternalName: external, ExternalNamespace: coreUser}
}

func enterprise(name, title, external string) Attribute {
	return Attribute{Name: name, Title: title, Type: String, ExternalName: external, ExternalNamespace: enterpriseUser}
}

func workUnlessEmpty(name string) string {
	return "(user." + name + " != null && user." + name + " != '') ? 'work' : ''"
}

// BaseProfile is the profile that every application has from the start: the
// userName, which goes by what the application's sign-on says and not by a
// mapping, and what stands in the mapping list of a real organisation (observed).
func BaseProfile() []Attribute {
	all := []Attribute{userName}
	for _, b := range base {
		all = append(all, b.Attribute)
	}
	return all
}

// userName is Okta's login (Sign On > Application username format > Okta username,
// the default), or what was typed for one person.
var userName = core("userName", "Username", "userName")

// fresh is the schema of a new application.
var fresh = func() *schema {
	attributes, mappings := []Attribute{}, map[string]PropertyMapping{}
	for _, b := range base {
		attributes = append(attributes, b.Attribute)
		mappings[b.Name] = PropertyMapping{Expression: b.expression}
	}
	s, err := newSchema(attributes, mappings)
	if err != nil {
		panic(err) // the table above is wrong
	}
	return s
}()

func inBase(name string) bool {
	return name == userName.Name || slices.ContainsFunc(base, func(b mappedAttribute) bool { return b.Name == name })
}
