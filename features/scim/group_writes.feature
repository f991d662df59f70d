@groups
Feature: A group takes what Okta may say of it

  Some of what Okta was seen to say is rare: members whose display is null, or who
  have no account any more. And two applications of one Okta, or Okta and a system
  beside it, may change a group at the same moment, each change in a request of its
  own. Here the suite says it by its own hand, on accounts and a group that it made
  so too, and what is answered with success has happened. Where an Okta has a part in
  it, the application is one of the catalogue, which says its changes one by one: one
  of the wizard writes the whole list, and may leave out who came meanwhile.

  Background:
    Given Okta is connected to the target

  Rule: Of changes that come at once none is lost

    @req:members-at-once @F65
    Scenario: Eight people are put into a group at once
      Given the target already holds accounts for 8 people
      And the target already holds a group Analysts with nobody in it
      When at the target 8 of them are put into the group Analysts at once
      Then the members of Analysts are those whom the target took

    @req:member-at-once @F66
    Scenario: Ben is put into a group eight times at once
      Given the target already holds an account for Ana
      And the target already holds an account for Ben
      And the target already holds a group Analysts with Ana in it
      When at the target Ben is put into the group Analysts 8 times at once
      Then the members of Analysts are Ana and Ben

    @req:member-joins-beside @S-54 @F65
    Scenario: Ben joins in Okta while somebody at the target puts Cem into the group
      Given Ana, Ben and Cem are assigned to the application
      And the group Analysts is pushed with Ana in it
      When somebody at the target puts Cem into the group Analysts while Ben joins it
      Then the members of Analysts are Ana, Ben and Cem

  Rule: What was written is what is read

    @req:reads-agree @F65
    Scenario: Ben is put into a group that is read twice
      Given the target already holds an account for Ana
      And the target already holds an account for Ben
      And the target already holds a group Analysts with Ana in it
      When at the target Ben is put into the group Analysts, which is then read twice
      Then both times the group Analysts has the same members

  Rule: A group has a name

    @req:nameless-group @F73 @bundled
    Scenario: A group comes without a name
      When at the target a group without a name is made
      Then it is refused as the client's mistake

  Rule: What is null is absent

    @req:display-null @F58
    Scenario: Okta does not know what its members are called
      Given the target already holds an account for Ana
      And the target already holds an account for Ben
      And the target already holds a group Analysts with Ana in it
      When at the target Ana and Ben are put into the group Analysts with the display null
      Then the members of Analysts are Ana and Ben

  Rule: Who is unknown takes nobody else along

    @req:unknown-member @F61 @F62
    Scenario: Ben joins together with somebody whose account is gone
      Given the target already holds an account for Ana
      And the target already holds an account for Ben
      And the target already holds a group Analysts with Ana in it
      When at the target Ben and somebody unknown are put into the group Analysts
      Then the group Analysts has Ben in it, unless the target refused both
