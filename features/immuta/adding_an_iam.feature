@users @bundled
Feature: An administrator adds an IAM at the provider, for an application in Okta

  The provider's page has an order: the application in Okta first, then Add IAM, the
  settings, Test Connection, Test User Login, and Save. Whoever tests the login has the
  application. Nothing is kept before Save, and the key is shown until then. No SAML is
  spoken: the provider asks Okta whether the person may sign on, and where the
  application leads.

  Background:
    Given the administrator adds the application Immuta from the catalogue

  Rule: An IAM is there once it is tested and saved

    @req:iam-is-added @S-17 @S-18 @S-19 @S-27 @S-28 @S-29
    Scenario Outline: The page is followed, for <type>
      When the provider's administrator adds an IAM with the display name Okta and the type <type>
      And the provider's administrator fills in the client options
      And the provider's administrator ticks Enable SCIM support
      And the provider's administrator clicks Test Connection
      And the administrator fills in this Base URL and this IAM ID under Advanced Sign-on Settings
      And Ana is assigned to the application
      And Ana clicks Test User Login
      And the provider's administrator saves the IAM
      Then the page shows the SCIM URL, and the key no more
      And the key opens the SCIM URL

      @row:saml
      Examples:
        | type |
        | SAML |

      @row:openid
      Examples:
        | type   |
        | OpenID |

    @req:draft-shows-key @S-22 @S-29
    Scenario: The key is shown before Save
      When the provider's administrator adds an IAM with the display name Okta and the type SAML
      And the provider's administrator ticks Enable SCIM support
      Then the page shows the SCIM URL and the key

    @req:draft-opens-nothing @IMMUTA-key-from-save
    Scenario: Okta is given the key of an IAM that is not saved
      Given the provider's administrator adds an IAM with the display name Okta and the type SAML
      And the provider's administrator ticks Enable SCIM support
      When the administrator fills in the SCIM URL and the key under API Integration
      And the administrator clicks Test API Credentials
      Then Okta is refused with the key

  Rule: A name and a type are chosen well, and once

    @req:iam-name-is-taken @IMMUTA-name-once
    Scenario: Another IAM has the display name
      Given Okta is connected to a new IAM, saved after Cem's Test User Login
      When the provider's administrator tries to add an IAM with the display name Okta and the type SAML
      Then the provider refuses it
      And the reason names the display name

    @req:iam-name-stays @S-19
    Scenario: The display name of a saved IAM is to change
      Given Okta is connected to a new IAM, saved after Cem's Test User Login
      And the provider's administrator edits the IAM
      When the provider's administrator tries to rename the IAM to Okta Two
      Then the provider refuses it
      And the reason names the display name

    @req:ldap-has-no-scim @S-19
    Scenario: SCIM goes with SAML and OpenID alone
      Given the provider's administrator adds an IAM with the display name Okta and the type LDAP
      When the provider's administrator tries to tick Enable SCIM support
      Then the provider refuses it
      And the reason names the type

  Rule: The tests come first, in their order

    @req:connection-needs-options @S-21 @S-27
    Scenario: A required field of Client Options is empty
      Given the provider's administrator adds an IAM with the display name Okta and the type SAML
      And the provider's administrator fills in the client options but the issuer
      When the provider's administrator tries Test Connection
      Then the provider refuses it
      And the reason names the issuer

    @req:openid-needs-options @S-21 @S-27
    Scenario: A required field of an IAM with OpenID is empty
      Given the provider's administrator adds an IAM with the display name Okta and the type OpenID
      And the provider's administrator fills in the client options but the client_id
      When the provider's administrator tries Test Connection
      Then the provider refuses it
      And the reason names the client_id

    @req:login-needs-connection @S-28
    Scenario: The connection was not tested
      Given the provider's administrator adds an IAM with the display name Okta and the type SAML
      And the provider's administrator fills in the client options
      When Ana tries Test User Login
      Then the provider refuses it
      And the reason names Test Connection

    @req:save-needs-login @S-17
    Scenario: The login was not tested
      Given the provider's administrator adds an IAM with the display name Okta and the type SAML
      And the provider's administrator fills in the client options
      And the provider's administrator clicks Test Connection
      When the provider's administrator tries to save the IAM
      Then the provider refuses it
      And the reason names Test User Login

  Rule: Who tests the login has the application, which leads here

    @req:login-needs-assignment @S-14 @S-16
    Scenario: Ben has the application, and Ana has not
      Given the provider's administrator adds an IAM with the display name Okta and the type SAML
      And the provider's administrator fills in the client options
      And the provider's administrator clicks Test Connection
      And the administrator fills in this Base URL and this IAM ID under Advanced Sign-on Settings
      And Ben is assigned to the application while nothing is provisioned
      When Ben clicks Test User Login
      And Ana tries Test User Login
      Then the provider refuses it
      And the reason names the assignment

    @req:save-needs-assignment @S-14
    Scenario: Nobody has the application yet
      Given the provider's administrator adds an IAM with the display name Okta and the type SAML
      And the provider's administrator fills in the client options
      And the provider's administrator clicks Test Connection
      And the administrator fills in this Base URL and this IAM ID under Advanced Sign-on Settings
      And Ana tries Test User Login
      When the provider's administrator tries to save the IAM
      Then the provider refuses it
      And the reason names the assignment
      And the provider has no IAM Okta

    @req:login-leads-here @S-15
    Scenario Outline: The application leads to another <what>
      Given the provider's administrator adds an IAM with the display name Okta and the type SAML
      And the provider's administrator fills in the client options
      And the provider's administrator clicks Test Connection
      And the administrator fills in <instance> Base URL and <iam> IAM ID under Advanced Sign-on Settings
      And Ana is assigned to the application while nothing is provisioned
      When Ana tries Test User Login
      Then the provider refuses it
      And the reason names the <what>

      @row:base-url
      Examples:
        | instance | iam  | what     |
        | another  | this | Base URL |

      @row:iam-id
      Examples:
        | instance | iam     | what   |
        | this     | another | IAM ID |
