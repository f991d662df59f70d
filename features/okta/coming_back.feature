@groups
Feature: Who comes back is in their groups

  An account is disabled and put to use again, and the group stays pushed all the
  while. Okta does not push members who are inactive, and says that each group must
  be pushed again after a reactivation; until then a membership is what the target
  kept of it.

  Background:
    Given Okta is connected to the target

  Rule: Who was disabled once can be a member as anybody can

    @req:reassigned-is-pushed @S-08 @F68
    Scenario: Ana came back before her group was pushed
      Given Ana was assigned to the application, unassigned and assigned again
      And Ben is assigned to the application
      And Ana and Ben are in the group Analysts
      When the group Analysts is pushed
      Then the members of Analysts are Ana and Ben

    @req:reassigned-joins @S-54 @F68
    Scenario: Ana came back before she joined a pushed group
      Given Ana was assigned to the application, unassigned and assigned again
      And Ben is assigned to the application
      And the group Analysts is pushed with Ben in it
      When Ana joins the group Analysts
      Then the members of Analysts are Ana and Ben

    @req:taken-over-is-pushed @S-08 @F68
    Scenario: Ana had left the target before Okta came
      Given the target already holds a disabled account for Ana
      And Ana and Ben are assigned to the application
      And Ana and Ben are in the group Analysts
      When the group Analysts is pushed
      Then the members of Analysts are Ana and Ben

  Rule: A group that is pushed again has everybody who is back

    @req:reactivated-is-pushed @OKTA-push-now @F68
    Scenario: Ana was deactivated and reactivated in Okta
      Given the group Staff is assigned to the application with Ana in it
      And Ben is assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      And Ana is deactivated in Okta
      And Ana is reactivated in Okta
      When the group Analysts is pushed now
      Then the members of Analysts are Ana and Ben

  Rule: A membership outlives a time without the application

    @req:membership-outlives-deactivation @OKTA-membership-kept
    Scenario: Ana is reactivated in Okta, and nobody pushes her group
      Given the group Staff is assigned to the application with Ana in it
      And Ben is assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      And Ana is deactivated in Okta
      When Ana is reactivated in Okta
      Then the members of Analysts are Ana and Ben

    @req:membership-outlives-unassignment @OKTA-membership-kept
    Scenario: Ana gets the application back, and nobody pushes her group
      Given the group Staff is assigned to the application with Ana in it
      And Ben is assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      And Ana left the group Staff
      When Ana joins the group Staff
      Then the members of Analysts are Ana and Ben
