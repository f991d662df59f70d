@users
Feature: Assignment gives a person an account

  Who is given the application in Okta finds an account at the target, ready to
  use, without anybody doing anything there.

  Background:
    Given Okta is connected to the target

  Rule: A person who is assigned has an account of their own

    @req:assign-creates @S-04 @S-48 @OKTA-create @F35 @RFC7644-3.3-04
    Scenario: Ana is new to the target
      When Ana is assigned to the application
      Then the target holds one account for Ana
      And the target shows Ana as active

    @req:assign-carries-profile @S-10 @OKTA-required-attributes @F12
    Scenario: Ana's account bears her name
      When Ana is assigned to the application
      Then Ana's account shows her profile

  Rule: Nobody else is touched

    @req:assign-leaves-others @S-04 @V1
    Scenario: Ben was there before Ana
      Given Ben is assigned to the application
      When Ana is assigned to the application
      Then the target holds one account for Ana
      And Ben's account is as it was
