@users
Feature: What becomes of a person in Okta becomes of their account

  An administrator does more with people than to assign them. Whoever is deactivated
  in Okta loses the application by it, and whoever is in a group that gives it gets it
  back with the group. Suspending, and deleting whoever is deactivated, are no matter
  for a target: Okta says nothing.

  Background:
    Given Okta is connected to the target

  Rule: Who is deactivated in Okta is disabled at the target

    @req:okta-deactivation-disables @S-05 @S-07 @OKTA-lifecycle
    Scenario: Ana leaves the company
      Given Ana is assigned to the application
      When Ana is deactivated in Okta
      Then the target shows Ana as disabled
      And Ana's account can be read by its id

    @req:okta-deletion-disables @S-06 @OKTA-lifecycle
    Scenario: Ana's entry in Okta is removed
      Given Ana is assigned to the application
      When Ana is deactivated in Okta and deleted there
      Then the target shows Ana as disabled
      And Ana's account can be read by its id

    @req:group-unassign-disables @S-05 @OKTA-lifecycle
    Scenario: A group loses the application
      Given the group Staff is assigned to the application with Ana and Ben in it
      When the group Staff is unassigned from the application
      Then the target shows Ana as disabled
      And the target shows Ben as disabled

  Rule: Who comes back has the same account, as Okta knows them now

    @req:reactivation-by-group @OKTA-lifecycle @F07 @F11
    Scenario: Ana is reactivated, and her group has the application
      Given the group Staff is assigned to the application with Ana in it
      And Ana is deactivated in Okta
      When Ana is reactivated in Okta
      Then the target shows Ana as active
      And the target holds one account for Ana
      And it is the account that was there

    @req:reassign-updates-profile @OKTA-link @OKTA-lifecycle @F11
    Scenario: Ana has taken another name meanwhile
      Given Ana was assigned to the application and unassigned again
      And Ana's last name changes to "Ruiz-Soler"
      When Ana is assigned to the application
      Then the target shows Ana's last name as "Ruiz-Soler"
      And the target shows Ana as active

  Rule: A new username is only a name

    @req:username-change-follows @S-11 @OKTA-username-change
    Scenario: Ana's username changes
      Given Ana is assigned to the application
      When Ana's username changes to begin with "new."
      Then the target holds one account for Ana
      And it is the account that was there
      And Ana's account shows her profile

  Rule: The target follows the switches of To App

    @req:create-switch-decides @S-35 @OKTA-switches
    Scenario: Okta may make nobody
      Given Ben is assigned to the application
      And Okta's switches are on for Update and Deactivate alone
      When Ana is assigned to the application
      Then the target holds no account for Ana

    @req:switches-decide @S-34 @S-35 @S-36 @S-37 @OKTA-switches
    Scenario Outline: What Okta may not do does not happen
      Given Okta's switches are on for <switches> alone
      And Ana's last name changes to "Ruiz-Soler"
      And Ana is assigned to the application
      When Ana's last name changes to "Ruiz-Vidal"
      And Ana is unassigned from the application
      Then the target shows Ana's last name as "<last name>"
      And the target shows Ana as <state>

      @row:create
      Examples:
        | switches | last name  | state  |
        | Create   | Ruiz-Soler | active |

      @row:create-update
      Examples:
        | switches          | last name  | state  |
        | Create and Update | Ruiz-Vidal | active |

      @row:create-deactivate
      Examples:
        | switches              | last name  | state    |
        | Create and Deactivate | Ruiz-Soler | disabled |

      @row:all
      Examples:
        | switches                      | last name  | state    |
        | Create, Update and Deactivate | Ruiz-Vidal | disabled |
