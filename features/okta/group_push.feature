@groups
Feature: A pushed group stands at the target with its members

  A group on the Push Groups tab is made at the target, or taken over where one
  of its name is there, and everybody in it who has an account becomes a member.

  Background:
    Given Okta is connected to the target

  Rule: A pushed group has exactly its members

    @req:push-creates-group @S-08 @OKTA-push-create @F60 @F72 @F57
    Scenario: Analysts are pushed
      Given Ana is assigned to the application
      And Ben is assigned to the application
      And Ana and Ben are in the group Analysts
      When the group Analysts is pushed
      Then the target holds one group Analysts
      And the members of Analysts are Ana and Ben

  Rule: A group of that name is taken over

    @req:push-takes-over-group @S-08 @OKTA-push-takeover @F69
    Scenario: The target has Analysts already
      Given Ana is assigned to the application
      And Ben is assigned to the application
      And the target already holds a group Analysts with Ben in it
      And Ana is in the group Analysts
      When the group Analysts is pushed
      Then the target holds one group Analysts
      And it is the group that was there
      And the members of Analysts are Ana

  Rule: No other group is touched

    @req:push-leaves-other-groups @S-08 @F28 @F29
    Scenario: Another group's name begins the same
      Given Ana is assigned to the application
      And Ben is assigned to the application
      And the target already holds a group Analysts EMEA with Ben in it
      And Ana is in the group Analysts
      When the group Analysts is pushed
      Then the target holds one group Analysts
      And the group Analysts EMEA is as it was

    @req:push-takes-over-any-name @S-08 @F27 @F69
    Scenario Outline: The name is not plain
      Given Ana and Ben are assigned to the application
      And the target already holds a group <name> with Ben in it
      And Ana is in the group <name>
      When the group <name> is pushed
      Then the target holds one group <name>
      And it is the group that was there
      And the members of <name> are Ana

      @row:quotes
      Examples:
        | name         |
        | The "A" Team |

      @row:backslash
      Examples:
        | name       |
        | CORP\\Staff |

      @row:percent
      Examples:
        | name            |
        | 50% R&D + Staff |

      @row:script
      Examples:
        | name          |
        | Аналитики 分析 |

  Rule: A group may be empty, and fill later

    @req:push-empty-group @OKTA-push-create @F54
    Scenario: Nobody is in Analysts
      Given Ana is assigned to the application
      When the group Analysts is pushed
      Then the target holds one group Analysts
      And the group Analysts has no members

    @req:late-account-joins @OKTA-late-members @F51
    Scenario: Ben was in Analysts before he had an account
      Given Ana and Cem are assigned to the application
      And Ana and Ben are in the group Analysts
      And the group Analysts is pushed
      And Ben is assigned to the application
      When Cem joins the group Analysts
      Then the members of Analysts are Ana, Ben and Cem

  Rule: A rule pushes each group that matches it

    @req:push-by-rule @OKTA-push-create
    Scenario: Two groups have Analysts in their names
      Given Ana and Ben are assigned to the application
      And Ana is in the group Analysts
      And Ben is in the group Analysts EMEA
      And Ana is in the group Researchers
      When the groups with Analysts in their names are pushed by a rule
      Then the target holds one group Analysts EMEA
      And the members of Analysts EMEA are Ben
      And the target holds one group Analysts
      And the members of Analysts are Ana
      And the target holds no group Researchers
