@users
Feature: Provision User reaches those who were assigned before

  Provisioning is often turned on for an application that people have been using
  for years. Turning it on provisions nobody: only changes from then on reach the
  target. The button Provision User is for everybody else.

  Rule: Only changes from then on reach the target

    @req:later-changes-only @S-39
    Scenario: Ben is assigned afterwards
      Given Ana was assigned before provisioning was on
      When Ben is assigned to the application
      Then the target holds one account for Ben
      And Okta has said nothing about Ana

  Rule: Provision User provisions whoever was assigned before

    @req:provision-user-creates @S-40 @S-41
    Scenario: Ana and Ben were assigned before
      Given Ana and Ben were assigned before provisioning was on
      When the administrator clicks Provision User
      Then the target holds one account for Ana
      And the target shows Ana as active
      And the target holds one account for Ben
      And the target shows Ben as active

    @req:provision-user-links @S-40 @OKTA-link
    Scenario: Ana has been using the target all the while
      Given Ana and Ben were assigned before provisioning was on
      And the target already holds an account for Ana
      When the administrator clicks Provision User
      Then the target holds one account for Ana
      And it is the account that was there
      And Ana's account shows her profile
      And the target holds one account for Ben
