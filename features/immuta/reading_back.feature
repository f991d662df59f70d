@users @bundled
Feature: The provider's own screens show what Okta did

  SCIM is one way to look at an account; the provider's administrator looks at a
  screen. Only the bundled server has screens that can be read, so elsewhere
  these scenarios are skipped.

  Background:
    Given Okta is connected to the target

  @req:screen-shows-user @S-41 @S-48
  Scenario: A person who is added displays as a user
    When Ana is assigned to the application
    Then the provider's screen shows Ana as a user under this IAM

  @req:screen-shows-disabled @S-49
  Scenario: A person who is removed displays as disabled
    Given Ana is assigned to the application
    When Ana is unassigned from the application
    Then the provider's screen shows Ana as disabled under this IAM
