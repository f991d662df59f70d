@groups
Feature: A push that failed can be put right from Okta

  A push fails since a connection broke at the worst moment, or since somebody at the
  target has deleted the group. Okta shows an error at the group, and does nothing by
  itself. Retry All Groups pushes what is in error once more; a group that is gone has
  to be unlinked and pushed again, and is then made anew.

  Background:
    Given Okta is connected to the target

  Rule: A group that was made once is not made again

    @req:lost-push-makes-no-second @OKTA-retry-groups @F69
    Scenario: The answer to the push was lost
      Given Ana and Ben are assigned to the application
      And Ana and Ben are in the group Analysts
      And the group Analysts was pushed, and the answer was lost
      When the administrator clicks Retry All Groups
      Then the target holds one group Analysts
      And the members of Analysts are Ana and Ben

  Rule: A group that is gone is gone, until it is pushed again

    @req:deleted-group-comes-back @OKTA-group-gone @F69
    Scenario: Somebody at the target has deleted Analysts
      Given Ana and Ben are assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      And somebody at the target has deleted the group Analysts
      When Ben leaves the group Analysts, and Okta shows an error
      And the group Analysts is unlinked and left at the target
      And the group Analysts is pushed
      Then the target holds one group Analysts
      And the members of Analysts are Ana

  Rule: Of changes that follow one another none is lost

    @req:joins-in-a-row @S-54 @F65
    Scenario: Ben joins, and then Cem
      Given Ana, Ben and Cem are assigned to the application
      And the group Analysts is pushed with Ana in it
      When Ben joins the group Analysts
      And Cem joins the group Analysts
      Then the target holds one group Analysts
      And the members of Analysts are Ana, Ben and Cem
