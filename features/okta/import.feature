@import
Feature: Okta reads the target, and takes over whom it finds

  Import is Okta reading what the target holds: page by page, and by an
  administrator's button. An account whose username is a person's in Okta is
  theirs as soon as somebody confirms it, and from then on their changes reach it.

  Background:
    Given Okta is connected to the target

  Rule: Who is disabled at the target is in the list, and not imported

    @req:import-leaves-disabled @OKTA-import-inactive @F09 @F41
    Scenario: Ana left the target long ago
      Given the target already holds a disabled account for Ana
      And the target already holds an account for Ben
      When the administrator imports from the target
      Then Okta takes in Ben's account, and not Ana's
      And Okta was shown Ana's account as disabled

  Rule: An account that is matched and confirmed is the person's

    @req:import-links @S-03 @OKTA-import @OKTA-import-match
    Scenario: Ana has been using the target for a while
      Given the target already holds an account for Ana
      And the target already holds an account for Ben
      When the administrator imports from the target
      And the administrator confirms that an account is Ana's
      And the administrator imports from the target
      And Ana's last name changes to "Ruiz-Blanco"
      Then the target holds one account for Ana
      And it is the account that was there
      And the target shows Ana's last name as "Ruiz-Blanco"
      And the target shows Ana as active
      And Ben's account is as it was

    @req:import-matches @OKTA-import-criteria
    Scenario Outline: Ana bears another username at the target, and is known by her <criterion>
      Given Okta matches imported accounts by their <criterion>
      And the target already holds an account for Ana under another username
      And the target already holds an account for Ben
      When the administrator imports from the target
      And the administrator confirms that an account is Ana's
      And Ana's last name changes to "Ruiz-Blanco"
      Then the target holds one account for Ana
      And it is the account that was there
      And the target shows Ana's last name as "Ruiz-Blanco"
      And Ben's account is as it was

      @row:email
      Examples:
        | criterion       |
        | email addresses |

      @row:name
      Examples:
        | criterion |
        | names     |

  Rule: Groups are read with who is in them

    @groups @req:import-reads-groups @OKTA-import-groups
    Scenario: The target has Analysts
      Given Ana is assigned to the application
      And Ben is assigned to the application
      And the target already holds a group Analysts with Ana and Ben in it
      And Okta imports groups, too
      When the administrator imports from the target
      Then Okta takes in the group Analysts with Ana and Ben in it
