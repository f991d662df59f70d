@bundled
Feature: An IAM that is removed and added again is another

  It has its name and its address again, and neither its people nor its key: Okta's API
  token has to be entered anew.

  @users @req:iam-added-again @S-18 @S-22 @IMMUTA-key-dies
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

  @users @req:no-iam-no-push @S-44
  Scenario: The IAM is removed, and Okta goes on
    Given Okta is connected to a new IAM, saved after Cem's Test User Login
    When the provider's administrator removes the IAM
    And Ana is assigned to the application, and Okta shows an error
    Then the former key does not open the SCIM URL

  @users @req:former-ids-are-gone @S-46 @IMMUTA-key-anew
  Scenario: Okta goes on with the ids of the former IAM
    Given Okta is connected to a new IAM, saved after Cem's Test User Login
    And Ana is assigned to the application
    When the IAM is removed, and another of its name is saved after Cem's Test User Login
    And the administrator fills in the SCIM URL and the key under API Integration
    And the administrator saves the API integration
    And Ana's last name changes to "Ruiz-Blanco", and Okta shows an error
    Then Okta was refused with 404
    And the target holds no account for Ana
