@users @bundled
Feature: New people get the default permissions, and nobody else gets any

  Default Permissions are given when an account is made. Later they are an
  administrator's to change, one by one, and SCIM never adds to them.

  Background:
    Given Okta is connected to the target
    And the provider's administrator sets the default permissions to CREATE_PROJECT

  @req:permissions-at-creation @S-20
  Scenario: Ana is new
    When Ana is assigned to the application
    Then the provider's screen shows Ana's permissions as CREATE_PROJECT

  @req:permissions-stay @IMMUTA-permissions-once
  Scenario: The default changes, and then Ana's name does
    Given Ana is assigned to the application
    And the provider's administrator sets the default permissions to AUDIT
    When Ana's last name changes to "Ruiz-Blanco"
    Then the provider's screen shows Ana's permissions as CREATE_PROJECT

  @req:permissions-of-the-next @S-20
  Scenario: The default changes, and then Ben comes
    Given Ana is assigned to the application
    And the provider's administrator sets the default permissions to AUDIT
    When Ben is assigned to the application
    Then the provider's screen shows Ben's permissions as AUDIT

  @attributes @req:permissions-not-by-scim @IMMUTA-permissions-once
  Scenario: Okta sends what looks like a permission
    Given the application has an attribute permissions in a schema of its own
    When Ana is assigned to the application with the permissions "GOVERNANCE"
    Then the provider's screen shows Ana's permissions as CREATE_PROJECT
