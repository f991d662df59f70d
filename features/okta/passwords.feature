@users
Feature: A password that is changed in Okta is changed at the target, and told to nobody

  With Sync Password on, Okta writes a person's new password to the account: alone,
  where it speaks PATCH, and with the whole account, where it does not. That the
  person can sign in with it is nothing that SCIM can show. That nothing else comes
  of it is.

  Background:
    Given Okta is connected to the target
    And Okta synchronises passwords

  Rule: Nothing but the password changes

    @req:password-moves-nothing-else @OKTA-password-sync @F04
    Scenario: Ana changes her password
      Given Ana is assigned to the application
      When Ana's password changes in Okta
      Then Ana's account is as it was

  Rule: What is secret stays so

    @req:new-password-never-shown @OKTA-password-sync @F80
    Scenario: Ana's new password is hers alone
      Given Ana is assigned to the application
      When Ana's password changes in Okta
      Then no answer shows Ana's password
