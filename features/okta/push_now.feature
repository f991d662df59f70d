@groups
Feature: Push now makes a group what it is in Okta

  Groups drift: somebody changes one by hand at the target, or another system
  does. Okta does not notice. An administrator who does clicks Push now, and the
  whole membership is sent, whatever the target held until then.

  Background:
    Given Okta is connected to the target

  Rule: Push now overwrites the membership

    @req:push-now-repairs @S-08 @OKTA-push-now @F53
    Scenario: Somebody changed Analysts at the target
      Given Ana, Ben and Cem are assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      And somebody at the target has changed the members of Analysts to Cem
      When the group Analysts is pushed now
      Then the target holds one group Analysts
      And it is the group that was there
      And the members of Analysts are Ana and Ben

    @req:push-now-empties @OKTA-push-now @F54
    Scenario: Analysts have no members in Okta
      Given Ana is assigned to the application
      And the group Analysts is pushed with nobody in it
      And somebody at the target has changed the members of Analysts to Ana
      When the group Analysts is pushed now
      Then the target holds one group Analysts
      And the group Analysts has no members

  Rule: Who has lost the application is in no group that is pushed

    @req:push-now-leaves-out @OKTA-push-now @F53
    Scenario: Ana has lost the application, and is in Analysts in Okta still
      Given Ana and Ben are assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      And Ana is unassigned from the application
      When the group Analysts is pushed now
      Then the members of Analysts are Ben
