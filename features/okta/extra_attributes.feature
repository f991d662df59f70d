@users @attributes
Feature: What only the server knows of an account survives Okta

  A server may keep more of an account than Okta ever sends, and shows it in a
  GET: the provider's own page says so of itself. Okta takes no offence, and puts
  what it read back with every change. None of it is lost on the way, whatever its
  type: text, numbers to the digit, true and false, objects, lists, and these in
  each other.

  Background:
    Given Okta is connected to the target

  Rule: A change in Okta changes nothing that Okta does not know

    @req:profile-keeps-server-attributes @S-47 @F14
    Scenario: Ana takes another name
      Given Ana is assigned to the application
      And Ana's account holds attributes that Okta does not know
      When Ana's last name changes to "Ruiz-Soler"
      Then the target shows Ana's last name as "Ruiz-Soler"
      And Ana's account still holds those attributes

    @req:extras-survive-deactivation @S-47 @F04
    Scenario: Ana changes teams
      Given Ana is assigned to the application
      And Ana's account holds attributes that Okta does not know
      When Ana is unassigned from the application
      Then the target shows Ana as disabled
      And Ana's account still holds those attributes

    @req:extras-survive-reactivation @S-47 @F14
    Scenario: Ana comes back
      Given Ana was assigned to the application and unassigned again
      And Ana's account holds attributes that Okta does not know
      When Ana is assigned to the application
      Then the target shows Ana as active
      And Ana's account still holds those attributes

    @req:extras-survive-link @S-47 @F14
    Scenario: Ana has been using the target for a while
      Given the target already holds an account for Ana
      And Ana's account holds attributes that Okta does not know
      When Ana is assigned to the application
      Then the target holds one account for Ana
      And it is the account that was there
      And Ana's account still holds those attributes

  Rule: Okta never takes them for a difference

    @req:extras-are-no-difference @S-47 @OKTA-extras-echoed
    Scenario: Ana has more than Ben, and is asked no more
      Given Ana and Ben are assigned to the application
      And Ana's account holds attributes that Okta does not know
      When Ana's last name changes to "Ruiz-Soler"
      And Ben's last name changes to "Okafor-Soler"
      Then Okta said of Ana what it said of Ben
      And Ana's account still holds those attributes
