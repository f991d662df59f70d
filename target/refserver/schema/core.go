package schema

// The common attributes (RFC 7643, section 3.1).
var common = []Attribute{
	{Name: "schemas", Type: Reference, MultiValued: true, CaseExact: false, Mutability: ReadOnly, Returned: "always", Refers: []string{"uri"}},
	{Name: "id", Type: String, CaseExact: true, Mutability: ReadOnly, Returned: "always", Uniqueness: "server"},
	{Name: "externalId", Type: String, CaseExact: true},
	{Name: "meta", Type: Complex, Mutability: ReadOnly, Sub: []Attribute{
		{Name: "resourceType", Type: String, CaseExact: true, Mutability: ReadOnly},
		{Name: "created", Type: DateTime, Mutability: ReadOnly},
		{Name: "lastModified", Type: DateTime, Mutability: ReadOnly},
		{Name: "location", Type: Reference, CaseExact: true, Mutability: ReadOnly},
		{Name: "version", Type: String, CaseExact: true, Mutability: ReadOnly},
	}},
}

func text(name, description string) Attribute {
	return Attribute{Name: name, Type: String, Description: description}
}

func reference(name, description string, to ...string) Attribute {
	return Attribute{Name: name, Type: Reference, Description: description, CaseExact: true, Refers: to}
}

// plural is a multi-valued attribute with the sub-attributes of RFC 7643, section 2.4.
func plural(name, description string, value Attribute, kinds ...string) Attribute {
	value.Name = "value"
	return Attribute{Name: name, Type: Complex, MultiValued: true, Description: description, Sub: []Attribute{
		value,
		text("display", "A name for people to read."),
		{Name: "type", Type: String, Description: "What the value is for.", Canonical: kinds},
		{Name: "primary", Type: Boolean, Description: "Whether this is the preferred value; at most one is."},
	}}
}

var userSchema = Schema{ID: User, Name: "User", Description: "User Account", Attributes: []Attribute{
	{Name: "userName", Type: String, Description: "Name by which the account is known; unique without regard to letter case.", Required: true, Uniqueness: "server"},
	{Name: "name", Type: Complex, Description: "The parts of the person's name.", Sub: []Attribute{
		text("formatted", "The whole name. Derived from its parts where the client gives none."),
		text("familyName", "Family name."),
		text("givenName", "Given name."),
		text("middleName", "Middle names."),
		text("honorificPrefix", "Title before the name."),
		text("honorificSuffix", "Suffix after the name."),
	}},
	text("displayName", "Name to show."),
	text("nickName", "Casual name."),
	reference("profileUrl", "Page about the person.", "external"),
	text("title", "Job title."),
	text("userType", "Relationship to the organisation."),
	text("preferredLanguage", "Preferred languages, as in Accept-Language."),
	text("locale", "Locale for formats of numbers and dates."),
	text("timezone", "Time zone, as in the IANA database."),
	{Name: "active", Type: Boolean, Description: "Whether the account may be used. A disabled account stays."},
	{Name: "password", Type: String, Description: "Accepted and not kept.", CaseExact: true, Mutability: WriteOnly, Returned: "never"},
	plural("emails", "Email addresses.", text("", "The address."), "work", "home", "other"),
	plural("phoneNumbers", "Telephone numbers.", text("", "The number."), "work", "home", "mobile", "fax", "pager", "other"),
	plural("ims", "Instant messaging addresses.", text("", "The address.")),
	plural("photos", "Pictures.", reference("", "Where the picture is.", "external"), "photo", "thumbnail"),
	{Name: "addresses", Type: Complex, MultiValued: true, Description: "Postal addresses.", Sub: []Attribute{
		text("formatted", "The whole address."),
		text("streetAddress", "Street and number."),
		text("locality", "City."),
		text("region", "State or region."),
		text("postalCode", "Postal code."),
		text("country", "Country, ISO 3166-1 alpha-2."),
		{Name: "type", Type: String, Description: "What the address is for.", Canonical: []string{"work", "home", "other"}},
		{Name: "primary", Type: Boolean, Description: "Whether this is the preferred value; at most one is."},
	}},
	{Name: "groups", Type: Complex, MultiValued: true, Description: "Groups that the account is a member of; changed through the groups.", Mutability: ReadOnly, Sub: []Attribute{
		{Name: "value", Type: String, Description: "The group's id.", CaseExact: true, Mutability: ReadOnly},
		{Name: "$ref", Type: Reference, Description: "The group's URI.", CaseExact: true, Mutability: ReadOnly, Refers: []string{"Group"}},
		{Name: "display", Type: String, Description: "The group's name.", Mutability: ReadOnly},
		{Name: "type", Type: String, Description: "Always direct: groups have no groups in them.", Mutability: ReadOnly, Canonical: []string{"direct"}},
	}},
	plural("entitlements", "Entitlements; they grant nothing here.", text("", "The entitlement.")),
	plural("roles", "Roles; they grant nothing here.", text("", "The role.")),
	plural("x509Certificates", "Certificates.", Attribute{Type: Binary, CaseExact: true, Description: "One certificate, DER in base64."}),
}}

var groupSchema = Schema{ID: Group, Name: "Group", Description: "Group", Attributes: []Attribute{
	{Name: "displayName", Type: String, Description: "Name of the group; unique without regard to letter case.", Required: true, Uniqueness: "server"},
	{Name: "members", Type: Complex, MultiValued: true, Description: "Accounts in the group.", Sub: []Attribute{
		{Name: "value", Type: String, Description: "The account's id.", CaseExact: true, Mutability: Immutable},
		{Name: "$ref", Type: Reference, Description: "The account's URI.", CaseExact: true, Mutability: Immutable, Refers: []string{"User"}},
		{Name: "type", Type: String, Description: "Always User.", Mutability: Immutable, Canonical: []string{"User"}},
		{Name: "display", Type: String, Description: "The account's userName.", Mutability: ReadOnly},
	}},
}}

var enterpriseSchema = Schema{ID: EnterpriseUser, Name: "EnterpriseUser", Description: "Enterprise User", Attributes: []Attribute{
	text("employeeNumber", "Number or name of the person as an employee."),
	text("costCenter", "Cost center."),
	text("organization", "Organisation."),
	text("division", "Division."),
	text("department", "Department."),
	{Name: "manager", Type: Complex, Description: "The person's manager.", Sub: []Attribute{
		{Name: "value", Type: String, Description: "Id of the manager's account; not checked.", CaseExact: true},
		reference("$ref", "URI of the manager's account.", "User"),
		{Name: "displayName", Type: String, Description: "Name of the manager.", Mutability: ReadOnly},
	}},
}}

var refserverSchema = Schema{ID: Refserver, Name: "RefserverUser", Description: "What the reference server adds to an account", Attributes: []Attribute{
	{Name: "iamid", Type: String, Description: "The IAM that the account belongs to.", CaseExact: true, Mutability: ReadOnly},
	{Name: "id", Type: Integer, Description: "The account's number in its IAM.", Mutability: ReadOnly},
	{Name: "disabled", Type: Boolean, Description: "The contrary of active.", Mutability: ReadOnly},
	{Name: "externalUserIds", Type: Complex, Description: "Usernames on data platforms, as the IAM maps them.", Mutability: ReadOnly, Sub: externalUserIDs()},
}}

// Platforms are those on which an account can have a username of its own. The
// provider's documentation names them.
var Platforms = []string{"snowflake", "databricks", "starburst", "redshift", "synapse"}

// PlatformUser is the name under which a platform's username is shown. The form is
// observed for snowflake; for the others the reference server chooses it.
func PlatformUser(platform string) string { return platform + "User" }

func externalUserIDs() []Attribute {
	var all []Attribute
	for _, platform := range Platforms {
		all = append(all, Attribute{Name: PlatformUser(platform), Type: String, Description: "Username on " + platform + ".", CaseExact: true, Mutability: ReadOnly})
	}
	return all
}
