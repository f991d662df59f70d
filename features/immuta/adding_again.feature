@bundled
Feature: An IAM that is removed and added again is another

  It has its name and its address again, and neither its people nor its key: Okta's API
  token has to be entered anew.

  @users @req:iam-added-again @S-18 @S-22
  Scenario: The IAM is removed, and added again under its name
    Given Okta is connected to a new IAM, saved after Cem's Test User Login
    And the provider's administrator removes the IAM
    When the provider's administrator adds an IAM with the display name Okta and the type SAML
    And the provider's administrator fills in the client options
    And the provider's administrator ticks Enable SCIM support
    And the provider's administrator clicks Test Connection
    And Cem clicks Test User Login
    And the provider's administrator saves the IAM
    Then the former key does not open the SCIM URL
    And the key opens the SCIM URL
