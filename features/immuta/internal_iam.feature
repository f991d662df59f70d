@bundled
Feature: The internal IAM is no part of it

  Every instance has an internal IAM (BIM), whose people are added by hand. It cannot be
  synced with Okta, and Okta does not touch it.

  @req:internal-iam-has-no-scim @S-43
  Scenario: SCIM is to be enabled for it
    When the provider's administrator tries to tick Enable SCIM support for the internal IAM
    Then the provider refuses it
    And the reason names the internal IAM

  @users @req:internal-people-stay @S-43
  Scenario: Somebody in it has Ana's name
    Given Okta is connected to the target
    And the provider's internal IAM has an account of Ana's name
    When Ana is assigned to the application
    Then the target holds one account for Ana
    And Ana's account in the internal IAM is as it was
