@users @attributes
Feature: A change of a person's profile reaches the account

  Okta reads the account, changes what is mapped, and puts the whole of it back.
  A server that takes such a PUT for less or for more than it is loses data that
  nobody meant to touch.

  Background:
    Given Okta is connected to the target

  Rule: What changed in Okta changes at the target

    @req:profile-change-arrives @S-11 @OKTA-profile-push @F77 @RFC7644-3.5.1-01
    Scenario: Ana takes another name
      Given Ana is assigned to the application
      When Ana's last name changes to "Ruiz-Soler"
      Then the target shows Ana's last name as "Ruiz-Soler"

  Rule: A change of an account is answered with the account

    @req:change-answers-account @OKTA-stable-ids @RFC7644-3.5.1-02
    Scenario: Ana's change is confirmed
      Given Ana is assigned to the application
      When Ana's last name changes to "Ruiz-Soler"
      Then Okta was answered with the account of Ana

  Rule: Nothing else moves

    @req:profile-change-moves-nothing-else @S-11 @F04
    Scenario: The rest of the account stays as it was
      Given Ana is assigned to the application
      And Ben is assigned to the application
      When Ana's last name changes to "Ruiz-Soler"
      Then of Ana's account only the name has changed
      And Ben's account is as it was

    @req:display-name-taken-away @OKTA-cleared-value @F74
    Scenario: Ana has a display name no more
      Given Ana is assigned to the application
      When Ana's display name is taken away in Okta
      Then Ana's account shows her profile
