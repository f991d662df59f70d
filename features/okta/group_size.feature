@groups
Feature: A group may be larger than a page

  Okta sends the members of a large group in several requests, a hundred changes in
  each, where it changes groups by PATCH, and in one list where it does so by PUT.
  Whoever is in the group in Okta is in it at the target, and no limit of lists has
  anything to do with it.

  Background:
    Given Okta is connected to the target

  Rule: Everybody arrives

    @req:large-group-arrives @S-08 @F63
    Scenario: Analysts are pushed, 120 of them
      Given the group Staff is assigned to the application with 120 people in it
      And 120 of them are in the group Analysts
      When the group Analysts is pushed
      Then the members of Analysts are these 120

    @req:large-group-grows @S-54 @F51 @F63
    Scenario: A group of 95 grows by ten
      Given the group Staff is assigned to the application with 105 people in it
      And 95 of them are in the group Analysts
      And the group Analysts is pushed
      And the members of Analysts are these 95
      When 10 more of them join the group Analysts
      Then the members of Analysts are these 105
