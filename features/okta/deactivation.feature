@users
Feature: Unassignment takes the use of an account away, and keeps the account

  Losing the application does not erase the account. The target keeps a record of
  the person, the record says that it is not in use, and the person who comes
  back finds it again.

  Background:
    Given Okta is connected to the target

  Rule: A person who loses the application is disabled, not deleted

    @req:unassign-disables @S-05 @S-49 @F01 @F02 @F03 @F05 @F06 @F41 @RFC7644-3.5.2-06
    Scenario: Ana changes teams
      Given Ana is assigned to the application
      When Ana is unassigned from the application
      Then the target shows Ana as disabled

    @req:unassign-keeps-account @S-05 @F08 @F09
    Scenario: Ana's account can still be read
      Given Ana is assigned to the application
      When Ana is unassigned from the application
      Then Ana's account can be read by its id
      And Ana's account can be found by her username

    @req:unassign-moves-nothing-else @S-05 @F04
    Scenario: Only the use is taken away
      Given Ana is assigned to the application
      And Ben is assigned to the application
      When Ana is unassigned from the application
      Then of Ana's account only the active flag has changed
      And Ben's account is as it was

  Rule: A person who comes back gets the same account back

    @req:reassign-enables @S-05 @F07 @F10 @F11
    Scenario: Ana comes back
      Given Ana was assigned to the application and unassigned again
      When Ana is assigned to the application
      Then the target shows Ana as active
      And the target holds one account for Ana
      And it is the account that was there
