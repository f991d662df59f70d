@bundled
Feature: A key lives as long as its box is ticked

  Enable SCIM support makes a key for this IAM alone. Unticked, it opens nothing from
  then on; ticked again, or when the IAM is removed and added anew, it is another, and
  Okta's API token has to be entered again.

  Background:
    Given Okta is connected to the target

  @req:unticked-key-dies @S-22
  Scenario: The box is unticked
    When the provider's administrator unticks Enable SCIM support
    Then the key does not open the SCIM URL

  @req:ticked-key-is-new @S-22
  Scenario: The box is unticked, and ticked again
    Given the provider's administrator unticks Enable SCIM support
    When the provider's administrator ticks Enable SCIM support
    Then the former key does not open the SCIM URL
    And the key opens the SCIM URL
