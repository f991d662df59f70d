@users @bundled
Feature: A new IAM and a new application agree

  The provider's page asks for both to be new. What Okta and the provider then hold is
  the same, after whatever was done. What an older set-up leads to is shown where Okta
  imports: accounts and groups that only one of the two knows, and what differs.

  @req:iam-takes-people @S-18 @S-31
  Scenario: Okta is connected to the new IAM
    Given a new IAM is saved after Cem's Test User Login
    When the administrator fills in the SCIM URL and the key under API Integration
    And the administrator clicks Test API Credentials
    And the administrator saves the API integration
    And the administrator enables Create Users, Update User Attributes and Deactivate Users
    And Ana is assigned to the application
    Then Okta accepts the credentials
    And the provider's screen shows Ana as a user under this IAM

  @groups @import @req:new-setup-agrees @S-45
  Scenario: A day's work
    Given Okta is connected to a new IAM, saved after Cem's Test User Login
    And Ana and Ben are assigned to the application
    And the group Analysts is pushed with Ana and Ben in it
    And Okta imports groups, too
    When Ana's last name changes to "Ruiz-Blanco"
    And Ben leaves the group Analysts
    And the administrator clicks Provision User
    And the administrator imports from the target
    Then Okta and the target agree about Ana, Ben and Cem
    And Okta and the target agree about the group Analysts
