@users @bundled
Feature: Two tenants at one server do not see each other

  Each customer's Okta is connected to a tenant (IAM) of its own. What is called the
  same in two of them is not the same: people, groups, and the ids that Okta has for
  both. Here the other Okta has the same people and groups as the first, name for
  name. Only the bundled server gives a second tenant, so elsewhere these scenarios
  are skipped.

  Background:
    Given Okta is connected to the target
    And another Okta is connected to another tenant of the same server

  Rule: What has one name in both is two

    @req:tenants-share-no-accounts @IMMUTA-one-iam @V2 @V13
    Scenario: Both have an Ana
      Given Ana is assigned to the application
      When the other Okta assigns its Ana
      Then each tenant holds one account for its Ana, and nobody else's
      And Ana's account is as it was

    @req:tenants-share-no-groups @groups @IMMUTA-one-iam @V2
    Scenario: Both have Analysts
      Given Ana is assigned to the application
      And the group Analysts is pushed with Ana in it
      When the other Okta assigns its Ana
      And the other Okta pushes its group Analysts with Ana in it
      Then each tenant holds one group Analysts with its Ana in it
      And the group Analysts is as it was

  Rule: Neither an id nor a key of one opens anything in the other

    @req:tenants-hide-ids @IMMUTA-one-iam @V2
    Scenario: An id of the other tenant is not there
      Given Ana is assigned to the application
      When the other Okta assigns its Ana
      Then the other tenant's Ana cannot be read by her id here

    @req:tenants-keep-keys @IMMUTA-key-per-iam @RFC7644-2-01
    Scenario: A key of one tenant does not open the other
      Given Ana is assigned to the application
      When the other Okta assigns its Ana
      Then this tenant's key is refused at the other tenant

  Rule: What happens in one stays there

    @req:tenants-live-apart @IMMUTA-one-iam @S-49
    Scenario: Ana leaves one of them
      Given Ana is assigned to the application
      And the other Okta assigns its Ana
      When Ana is unassigned from the application
      Then the target shows Ana as disabled
      And the other tenant shows its Ana as active
