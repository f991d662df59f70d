@bundled
Feature: A key lives as long as its box is ticked

  Enable SCIM support makes a key for this IAM alone. Unticked, it opens nothing from
  then on; ticked again, or when the IAM is removed and added anew, it is another, and
  Okta's API token has to be entered again.

  Background:
    Given Okta is connected to the target

  @req:unticked-key-dies @IMMUTA-key-dies
  Scenario: The box is unticked
    When the provider's administrator unticks Enable SCIM support
    Then the key does not open the SCIM URL

  @req:ticked-key-is-new @IMMUTA-key-dies
  Scenario: The box is unticked, and ticked again
    Given the provider's administrator unticks Enable SCIM support
    When the provider's administrator ticks Enable SCIM support
    Then the former key does not open the SCIM URL
    And the key opens the SCIM URL

  @users @req:former-key-is-refused @S-46 @IMMUTA-key-anew
  Scenario: Okta goes on with the former key
    Given Ana is assigned to the application
    When the provider's administrator unticks Enable SCIM support
    And the provider's administrator ticks Enable SCIM support
    And Ana's last name changes to "Ruiz-Blanco", and Okta shows an error
    Then Okta was refused with 401
    And Ana's account is as it was
