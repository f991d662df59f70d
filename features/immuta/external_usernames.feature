@users @attributes @bundled
Feature: An attribute becomes the provider's, and a username elsewhere

  The provider takes an extension's attributes for its own, under a prefix, where a
  row of its attribute schema names the extension. One of them can be the person's
  username on a data platform, which is what policies there go by. Only the bundled
  server has screens that can be read, so elsewhere these scenarios are skipped.

  Background:
    Given Okta is connected to the target
    And the application has an attribute login in a schema of its own
    And the provider takes the attributes of that schema under the prefix okta

  Rule: The provider's attribute follows Okta

    @req:screen-shows-attribute @S-59 @S-60 @S-62
    Scenario: Ana is given a value, and Ben has none
      Given Ana is assigned to the application
      And Ben is assigned to the application
      When Ana's login is set to "T_SMITH"
      Then the provider's screen shows Ana's attribute okta.login as "T_SMITH"
      And the provider's screen shows no attribute okta.login of Ben

    @req:screen-needs-schema-row @S-63
    Scenario: Nothing is taken of a schema that has no row
      Given the application has an attribute department in the enterprise schema
      When Ana is assigned to the application with the department "R&D 7"
      Then the provider's screen shows no attribute okta.department of Ana
      And Ana's account shows the department "R&D 7"

    @req:screen-attribute-follows @S-62
    Scenario: Ana's value changes, and Ben's does not
      Given Ana is assigned to the application with the login "T_Smith"
      And Ben is assigned to the application with the login "B_OKAFOR"
      When Ana's login is set to "T_Jones"
      Then the provider's screen shows Ana's attribute okta.login as "T_Jones"
      And the provider's screen shows Ben's attribute okta.login as "B_OKAFOR"

    @req:screen-attribute-cleared @IMMUTA-attribute-goes
    Scenario: Ana's value is taken away
      Given Ana is assigned to the application with the login "T_Smith"
      When Ana's login is cleared
      Then the provider's screen shows no attribute okta.login of Ana

  Rule: A username on a data platform is mapped from an attribute

    @req:external-username-arrives @S-65 @S-66
    Scenario: Ana comes with a username for Snowflake
      Given the provider maps okta.login to the username on snowflake
      When Ana is assigned to the application with the login "T_Smith"
      Then the provider's screen shows Ana's username on snowflake as "T_Smith"

    @req:external-username-follows @S-66 @S-67
    Scenario: Ana's username there changes
      Given the provider maps okta.login to the username on snowflake
      And Ana is assigned to the application with the login "T_Smith"
      And Ben is assigned to the application with the login "B_OKAFOR"
      When Ana's login is set to "T_Jones"
      Then the provider's screen shows Ana's username on snowflake as "T_Jones"
      And the provider's screen shows Ben's username on snowflake as "B_OKAFOR"

    @req:external-username-cleared @IMMUTA-attribute-goes
    Scenario: Ana has no username there any more
      Given the provider maps okta.login to the username on snowflake
      And Ana is assigned to the application with the login "T_Smith"
      When Ana's login is cleared
      Then the provider's screen shows no username on snowflake for Ana
