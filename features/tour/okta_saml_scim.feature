# The provider's page "Okta SAML SCIM", walked from its first line to its last. The
# headings are the page's; where it has none, they say what is done there. Each begins
# where the one before it ended. scimproof tour plays it.

Feature: Okta SAML SCIM

  Scenario: Requirements

    Immuta 2020.4 or higher, and an administrator in Okta.
    Users are imported, pushed and deactivated; groups are pushed and removed; attributes are mapped.


  Scenario: Add the application in Okta

    Applications, Browse App Catalog, Immuta, Add. The catalogue entry here is the mock's own.
    Its instructions lead to Immuta. Test User Login and Save have to wait for an assignment.

    When the administrator adds the application Immuta from the catalogue
    And the administrator changes the application's label to Immuta for analysts

  Scenario: Configure the IAM in Immuta

    App Settings, Add IAM: a display name, the type SAML, default permissions, the client options.
    Enabling SCIM makes the SCIM API Key, which is shown until Save.
    The Profile Schema fills profiles from what Okta sends.

    When the provider's administrator adds an IAM with the display name Okta and the type SAML
    And the provider's administrator sets the default permissions to CREATE_PROJECT
    And the provider's administrator fills in the client options
    And the provider's administrator ticks Enable SCIM support
    And the provider's administrator fills in the Profile Schema
    And the provider's administrator ticks Sync groups
    And the provider's administrator ticks Sync attributes
    And the provider's administrator clicks Test Connection
    Then the page shows the SCIM URL and the key
    When Ana tries Test User Login
    Then the provider refuses it
    And the reason names the assignment

  Scenario: Advanced Sign-on Settings, and the first assignment

    Base URL and IAM ID, Done. Assignments, Assign to People, Save and Go Back, Done.
    After that Test User Login passes, and the IAM can be saved.

    When the administrator fills in this Base URL and this IAM ID under Advanced Sign-on Settings
    And Ana is assigned to the application while nothing is provisioned
    And Ana clicks Test User Login
    And the provider's administrator saves the IAM
    Then the page shows the SCIM URL, and the key no more

  Scenario: Configure API Integration

    Provisioning, Configure API Integration: Base URL is the SCIM URL, API Token the SCIM API Key.
    Test API Credentials, Save. To App: Create Users, Update User Attributes, Deactivate Users.

    When the administrator fills in the SCIM URL and the key under API Integration
    And the administrator clicks Test API Credentials
    Then Okta accepts the credentials
    When the administrator saves the API integration
    And the administrator enables Create Users, Update User Attributes and Deactivate Users
    Then Okta has said nothing about Ana

  Scenario: Syncing Current Users in Okta

    SCIM works for changes from now on. Provision User syncs whoever was assigned before.
    One group for both assignment and push is not supported, and the internal IAM has no SCIM.
    A new IAM and a new application are wanted: an existing set-up can make the two differ.
    A GET of a user has extra attributes in its answer. What a mapping fills is not edited by hand.

    When the administrator clicks Provision User
    Then the provider's screen shows Ana as a user under this IAM
    And the provider's screen shows Ana's permissions as CREATE_PROJECT
    When Ana's last name changes to "Ruiz-Blanco"
    And the provider's administrator tries to set Ana's email to "ana@elsewhere.test"
    Then the provider refuses it
    And the reason names the email
    Given the group Pilots is assigned to the application with Dan in it
    When the group Pilots is pushed
    And the group Pilots is unlinked and deleted
    When the provider's administrator tries to tick Enable SCIM support for the internal IAM
    Then the provider refuses it
    And the reason names the internal IAM

  Scenario: Add Users in Okta SCIM

    Assignments, Assign to People, a name, Assign, Save and Go Back, Done.

    When Ben is assigned to the application
    And Cem is assigned to the application
    Then the provider's screen shows Ben as a user under this IAM

  Scenario: Remove Users from Okta SCIM

    The delete icon, and OK: gone from the application in Okta, disabled in Immuta.
    So is who is deactivated in Okta, and deleted there.

    When Cem is unassigned from the application, and Okta asks first
    Then the provider's screen shows Cem as disabled under this IAM
    When Dan is deactivated in Okta and deleted there
    Then the provider's screen shows Dan as disabled under this IAM

  Scenario: Syncing Groups with Okta SCIM

    Groups sync for users of the application when Push Groups is on in Okta, and Sync Groups in Immuta.

    Given Ben is in the group Analysts
    And the provider's administrator unticks Sync groups
    When Push Groups is on in Okta for the group Analysts
    Then Okta shows an error at the push of the group Analysts
    When the provider's administrator ticks Sync groups
    And the administrator clicks Retry All Groups
    Then the provider's screen shows the group Analysts with Ben in it

  Scenario: Add Users to Groups

    Assignments, the name of the user, Groups: an existing group, Add.

    When the group Analysts is added on Ana's Groups tab
    Then the provider's screen shows the group Analysts with Ana and Ben in it

  Scenario: Remove Users from Groups

    Assignments, the name of the user, Groups: the delete icon.
    A group that is no longer mapped to the application is removed as a whole.

    When the group Analysts is removed on Ben's Groups tab
    Then the provider's screen shows the group Analysts with Ana in it
    When the group Analysts is unlinked and deleted
    Then the provider's screen shows no group Analysts

  Scenario: Add Attributes to Users

    To App, Go to Profile Editor, Add Attribute: data type, display name, variable name, external namespace.
    Its value is empty at first.

    Given the application has an attribute login in a schema of its own
    Then the provider's screen shows no attribute okta.login of Ana

  Scenario: Update the SCIM Attribute Schema in Immuta

    App Settings, Attribute Schema, Add Attribute: the SCIM schema, and any prefix.
    Test Connection, Test User, Save.

    When the provider's administrator edits the IAM
    And the provider takes the attributes of that schema under the prefix okta
    And the provider's administrator clicks Test Connection
    And Ana clicks Test User Login
    And the provider's administrator saves the IAM
    Then the provider's screen shows no attribute okta.login of Ana

  Scenario: Add Attribute Values

    Assignments, the edit icon beside the user, a value, Save. It appears in Immuta by itself.

    When Ana's login is set to "T_SMITH"
    Then the provider's screen shows Ana's attribute okta.login as "T_SMITH"

  Scenario: Sync External Usernames with Okta SCIM in Immuta

    A SCIM application is configured, and attribute sync is on.

  Scenario: Syncing External Usernames

    Under Sync attributes one more attribute, for the field that is to be a username; the resulting
    attribute is pasted into the external username that is wanted. Test Connection, Test User, Save.

    Given the application has an attribute snowflakeUser in the enterprise schema
    When the provider's administrator edits the IAM
    And the provider takes the attributes of the enterprise schema, too, under the prefix staff
    And the provider maps staff.snowflakeuser to the username on snowflake
    And the provider's administrator clicks Test Connection
    And Ana clicks Test User Login
    And the provider's administrator saves the IAM
    And Ana's snowflakeUser is set to "T_Ruiz"
    Then the provider's screen shows Ana's username on snowflake as "T_Ruiz"
