@users @attributes @bundled
Feature: The Profile Schema fills profiles, and what it fills is not edited by hand

  A field of the provider's profile that is mapped follows Okta, and the provider's own
  screens refuse to change it. What is not mapped, and the attributes that an
  administrator gives by hand, are theirs: no push touches them.

  Background:
    Given Okta is connected to the target
    And the application has an attribute office in a schema of its own
    And the provider's administrator maps office to the profile field location

  Rule: What is mapped follows Okta

    @req:profile-is-filled @S-23
    Scenario: Ana comes with an office
      When Ana is assigned to the application with the office "Girona"
      Then the provider's screen shows Ana's location as "Girona"

    @req:profile-follows @S-23
    Scenario: Ana moves
      Given Ana is assigned to the application with the office "Girona"
      When Ana's office is set to "Lleida"
      Then the provider's screen shows Ana's location as "Lleida"

    @req:profile-is-emptied @S-23
    Scenario: Ana has no office any more
      Given Ana is assigned to the application with the office "Girona"
      When Ana's office is cleared
      Then the provider's screen shows no location of Ana

  Rule: What is mapped is not edited by hand

    @req:mapped-field-is-locked @S-24
    Scenario: Somebody edits Ana's location
      Given Ana is assigned to the application with the office "Girona"
      When the provider's administrator tries to set Ana's location to "Lleida"
      Then the provider refuses it
      And the reason names the location
      And the provider's screen shows Ana's location as "Girona"

  Rule: What is not mapped survives a push

    @req:free-field-survives @S-24
    Scenario: Somebody has written about Ana
      Given Ana is assigned to the application with the office "Girona"
      And the provider's administrator sets Ana's about to "likes maps"
      When Ana's office is set to "Lleida"
      Then the provider's screen shows Ana's about as "likes maps"

    @req:hand-given-survives @S-24
    Scenario: Somebody has given Ana an attribute
      Given Ana is assigned to the application with the office "Girona"
      And the provider's administrator gives Ana the attribute team "blue"
      When Ana's office is set to "Lleida"
      Then the provider's screen shows Ana's attribute team, given by hand, as "blue"
