@users
Feature: What went wrong between Okta and the target can be put right from Okta

  Somebody changes an account behind Okta's back, or a connection breaks when the
  target has just made an account. An administrator's remedy is a button, and it
  works at a target that takes the same thing twice for the same thing.

  Background:
    Given Okta is connected to the target

  Rule: Force Sync repairs what Okta maps, and nothing else

    @req:force-sync-repairs @OKTA-force-sync @S-11
    Scenario: Somebody has given Ana another title
      Given Ana is assigned to the application
      And Ana's title in Okta is "Analyst"
      And somebody at the target has changed Ana's title to "Director"
      When the administrator clicks Force Sync
      Then Ana's account shows the title "Analyst"

    @req:force-sync-moves-nothing-else @OKTA-force-sync @S-47
    Scenario: Nobody has changed anything
      Given Ana is assigned to the application
      And Ana's account holds attributes that Okta does not know
      When the administrator clicks Force Sync
      Then Ana's account is as it was
      And Ana's account still holds those attributes

  Rule: An account that was made once is not made again

    @req:lost-answer-makes-no-second @OKTA-lost-answer @F26
    Scenario: Ana's account was made, and Okta did not hear of it
      Given Ana was assigned to the application, and the answer was lost
      When the administrator retries what failed
      Then the target holds one account for Ana
      And the target shows Ana as active
      And Ana's account shows her profile
