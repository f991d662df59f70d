@users
Feature: Okta takes over an account that is already there

  Most targets had users before they had Okta. Okta asks for the person's
  username before it creates anything. The right answer to that question decides
  whether a person gets back the account they had, gets a second one, or is
  handed somebody else's.

  Background:
    Given Okta is connected to the target

  Rule: Okta finds the account it asked for, and no other

    @req:lookup-finds-nobody-else @F28 @RFC7644-3.4.2.2-01
    Scenario: Only other people have accounts
      Given the target already holds an account for Ben
      When Ana is assigned to the application
      Then Okta found no account for Ana
      And the target holds one account for Ana
      And Ben's account is as it was

    @req:lookup-finds-one-of-many @F26 @RFC7644-3.4.2.2-01
    Scenario: Ana's account stands among others
      Given the target already holds an account for Ben
      And the target already holds an account for Ana
      And the target already holds an account for Cem
      When Ana is assigned to the application
      Then Okta found one account for Ana
      And Ben's account is as it was
      And Cem's account is as it was

  Rule: An account that is there is linked and brought up to date

    @req:link-active @S-04 @F26 @OKTA-link
    Scenario: Ana has been using the target for a while
      Given the target already holds an account for Ana
      When Ana is assigned to the application
      Then the target holds one account for Ana
      And it is the account that was there
      And Ana's account shows her profile
      And the target shows Ana as active

    @req:link-inactive @S-04 @F09 @OKTA-link
    Scenario: Ana left the target long ago
      Given the target already holds a disabled account for Ana
      When Ana is assigned to the application
      Then the target holds one account for Ana
      And it is the account that was there
      And the target shows Ana as active
