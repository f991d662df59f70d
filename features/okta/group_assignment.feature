@users @attributes
Feature: The group that assigns a person may say more of them

  A group can give the application to everybody in it, and with it a value. Whoever
  is in several such groups has that of the first, in an order that administrators
  change. To the target it is one account, which stays in use as long as one group
  is left.

  Background:
    Given Okta is connected to the target
    And Ana is in the group Leads
    And Ana is in the group Staff
    And the group Leads gives the application with the title "Lead"
    And the group Staff gives the application with the title "Analyst"

  Rule: The first group counts

    @req:first-group-changes @OKTA-group-values
    Scenario: The groups change places
      When the group Staff is put first
      Then Ana's account shows the title "Analyst"

  Rule: Whoever leaves a group has the application by the next one

    @req:first-group-left @OKTA-group-values
    Scenario: Ana leads nobody any more
      When Ana leaves the group Leads
      Then Ana's account shows the title "Analyst"
      And the target shows Ana as active

    @req:last-group-left @S-05 @OKTA-lifecycle
    Scenario: Ana leaves both groups
      When Ana leaves the group Leads
      And Ana leaves the group Staff
      Then the target shows Ana as disabled
