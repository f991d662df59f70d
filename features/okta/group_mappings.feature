@groups
Feature: A push can be put aside, taken off and linked to what is there

  On the Push Groups tab a push is deactivated and activated again, a group is
  unlinked and left at the target, and a group is linked to one that the target has
  already, under its own name or under that of Okta's group. Okta links what it has
  imported.

  Background:
    Given Okta is connected to the target

  Rule: What changed meanwhile arrives when the push is activated

    @req:push-resumes @OKTA-push-now @F53
    Scenario: Analysts change while their push is put aside
      Given Ana, Ben and Cem are assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      And the push of the group Analysts is deactivated
      And Ana left the group Analysts
      And Cem joined the group Analysts
      When the push of the group Analysts is activated
      Then the target holds one group Analysts
      And it is the group that was there
      And the members of Analysts are Ben and Cem

  Rule: A group that was left at the target is taken over when it is pushed again

    @req:unlinked-is-pushed-again @OKTA-push-takeover @S-09 @F69
    Scenario: Analysts were unlinked
      Given Ana, Ben and Cem are assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      And the group Analysts is unlinked and left at the target
      And Cem is in the group Analysts
      When the group Analysts is pushed
      Then the target holds one group Analysts
      And it is the group that was there
      And the members of Analysts are Ana, Ben and Cem

  Rule: Who is in a group that is linked stays, until the group is pushed now

    @import @req:link-renames @OKTA-group-link @F51 @F55 @F70
    Scenario: Analysts are linked to Researchers, and give them their name
      Given Ana and Ben are assigned to the application
      And the target already holds a group Researchers with Ben in it
      And Ana is in the group Analysts
      And Okta renames the groups that it links
      When the group Analysts is linked to the target's group Researchers
      Then the target holds no group Researchers
      And the target holds one group Analysts
      And it is the group that was there
      And the members of Analysts are Ana and Ben

    @import @req:link-keeps-name @OKTA-group-link @F51
    Scenario: Analysts are linked to Researchers, who keep their name
      Given Ana and Ben are assigned to the application
      And the target already holds a group Researchers with Ben in it
      And Ana is in the group Analysts
      And Okta does not rename the groups that it links
      When the group Analysts is linked to the target's group Researchers
      Then the target holds one group Researchers
      And it is the group that was there
      And the members of Analysts are Ana and Ben

    @import @req:linked-is-pushed-now @OKTA-group-link @OKTA-push-now @F53
    Scenario: Analysts are pushed now
      Given Ana and Ben are assigned to the application
      And the target already holds a group Researchers with Ben in it
      And Ana is in the group Analysts
      And the group Analysts is linked to the target's group Researchers
      When the group Analysts is pushed now
      Then the members of Analysts are Ana
