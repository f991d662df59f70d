@import
Feature: What the lists show becomes Okta's picture of the target

  An import compares the target's lists with what Okta has. What a list shows otherwise
  than it is takes the application from people, makes others in Okta, or hides that
  somebody has left. Both kinds of application read alike, and write nothing here, so
  that each scenario is played once.

  Background:
    Given Okta is connected to the target

  Rule: Somebody who is new to Okta is as the list shows them

    @req:import-makes-person @OKTA-import-new
    Scenario: Nobody in Okta is Dan
      Given the target already holds an account for Dan, who is not in Okta
      When the administrator imports from the target
      And the administrator confirms Dan's account as somebody new's
      Then Okta has Dan with the name and the email address of the account

  Rule: What was read once is the same when it is read again

    @req:import-ignores @OKTA-import @OKTA-stable-ids
    Scenario: Ana's account is to be left alone
      Given the target already holds an account for Ana
      When the administrator imports from the target
      And the administrator ignores Ana's account
      And the administrator imports from the target
      Then Okta leaves Ana's account alone

    @groups @req:import-again @S-03 @OKTA-import @OKTA-import-groups @OKTA-stable-ids
    Scenario: Nothing has changed since
      Given the target already holds an account for Ana
      And the target already holds a disabled account for Ben
      And the target already holds a group Analysts with Ana in it
      And Okta imports groups, too
      When the administrator imports from the target
      Then another import brings nothing new

  Rule: What has changed since is in the list

    @groups @req:import-follows-groups @OKTA-import-groups
    Scenario: Ben has left Analysts
      Given the target already holds an account for Ana
      And the target already holds an account for Ben
      And the target already holds a group Analysts with Ana and Ben in it
      And Okta imports groups, too
      When the administrator imports from the target
      And somebody at the target has changed the members of Analysts to Ana
      And the administrator imports from the target
      Then Okta takes in the group Analysts with Ana in it

    @req:sourced-profile-follows @OKTA-profile-sourcing
    Scenario: The target is the source of profiles, and somebody there gives Ana another title
      Given Ana is assigned to the application
      And Okta takes people's profiles from the target
      When the administrator imports from the target
      And somebody at the target has changed Ana's title to "Director"
      And the administrator imports from the target
      Then Okta has Ana with the title "Director"

    @req:sourced-deactivation-follows @OKTA-profile-sourcing @OKTA-import-inactive
    Scenario: The target is the source of profiles, and somebody there disables Ana
      Given Ana is assigned to the application
      And Okta takes people's profiles from the target
      And somebody at the target has disabled Ana
      When the administrator imports from the target
      Then Okta has deactivated Ana

  Rule: Whose account is there keeps the application

    @req:import-takes-from-nobody @OKTA-import-removes @F33
    Scenario: 120 people have the application
      Given the group Staff is assigned to the application with 120 people in it
      When the administrator imports from the target
      Then the import has taken the application from nobody

  Rule: An import tells where Okta and the target disagree

    @groups @req:import-agrees @OKTA-existing-set-up @OKTA-import-groups
    Scenario: Everything came from Okta
      Given Ana and Ben are assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      And Okta imports groups, too
      When the administrator imports from the target
      Then Okta and the target agree about Ana and Ben
      And Okta and the target agree about the group Analysts

    @req:import-lists-difference @S-46 @OKTA-existing-set-up
    Scenario: Somebody at the target has changed what came from Okta
      Given Ana's title in Okta is "Analyst"
      And Ana is assigned to the application
      And somebody at the target has changed Ana's title to "Director"
      When the administrator imports from the target
      Then Okta lists Ana's account as one that differs

    @groups @req:import-lists-discrepancies @S-46 @OKTA-existing-set-up @bundled
    Scenario: The target was in use before
      Given the target already holds an account for Ben
      And the target already holds a disabled account for Cem
      And the target already holds a group Analysts with Ben in it
      And Okta imports groups, too
      When the administrator imports from the target
      Then Okta lists Ben's account as one that nobody has
      And Okta lists Cem's account as one that is disabled
      And Okta lists the group Analysts as one that is not pushed
