@users @attributes @bundled
Feature: What is edited holds once it is tested and saved

  The Attribute Schema and the external usernames are added to an IAM that is in use.
  Until Save nothing of it holds. Then it does for what is pushed: an account that is
  there follows at its next push.

  Background:
    Given Okta is connected to a new IAM, saved after Cem's Test User Login
    And the application has an attribute login in a schema of its own
    And Ana is assigned to the application with the login "T_Smith"
    And the provider's administrator edits the IAM
    And the provider takes the attributes of that schema under the prefix okta
    And the provider maps okta.login to the username on snowflake

  @req:edit-waits-for-save @S-61 @S-67
  Scenario: The edit is not saved yet
    When Ana's login is set to "T_Jones"
    Then the provider's screen shows no attribute okta.login of Ana
    And the provider's screen shows no username on snowflake for Ana

  @req:edit-needs-tests @IMMUTA-save-refused
  Scenario: The edit is saved without its tests
    When the provider's administrator tries to save the IAM
    And Ana's login is set to "T_Jones"
    Then the provider refuses it
    And the reason names Test Connection
    And the provider's screen shows no attribute okta.login of Ana

  @req:edit-holds-from-save @S-61 @S-67
  Scenario: The edit is tested and saved
    Given the provider's administrator clicks Test Connection
    And Cem clicks Test User Login
    And the provider's administrator saves the IAM
    When Ana's login is set to "T_Jones"
    Then the provider's screen shows Ana's attribute okta.login as "T_Jones"
    And the provider's screen shows Ana's username on snowflake as "T_Jones"
