@users
Feature: A username that was given up is nobody's

  Okta knows people again by their username. It takes what a lookup finds for the
  account of whoever bears that name now.

  Background:
    Given Okta is connected to the target

  Rule: An account is found by the name that it has, and by no other

    @req:former-username-finds-nobody @OKTA-username-change @F29 @RFC7644-3.4.2.2-01
    Scenario: Ana's username changes
      Given Ana is assigned to the application
      When Ana's username changes to begin with "new."
      Then the username that Ana had finds nobody
