@groups
Feature: One group for assignment and push goes wrong by itself

  A group can give its people the application, and a group can be pushed to the
  target. Okta does not support one group for both, and its troubleshooting page
  names what then happens: the group appears at the target without its users, or
  users who were removed stay in it. That is so because assignment and push are
  separate jobs, and whichever comes first decides (inference). No server can help
  it, so none is blamed for it: a scenario with one group fails only when the target
  holds other people than Okta named.

  Background:
    Given Okta is connected to the target

  Rule: With two groups and in the documented order all is well

    @req:two-groups-join @S-42 @OKTA-two-groups
    Scenario: Cem joins the group that is assigned, and then the one that is pushed
      Given the group Staff is assigned to the application with Ana and Ben in it
      And the group Analysts is pushed with Ana and Ben in it
      When Cem joins the group Staff, and then the group Analysts
      Then the target shows Cem as active
      And the members of Analysts are Ana, Ben and Cem

    @req:two-groups-leave @S-42 @OKTA-two-groups
    Scenario: Ben leaves the group that is pushed, and then the one that is assigned
      Given the group Staff is assigned to the application with Ana and Ben in it
      And the group Analysts is pushed with Ana and Ben in it
      When Ben leaves the group Analysts, and then the group Staff
      Then the members of Analysts are Ana
      And the target shows Ben as disabled

  Rule: With one group for both, the order of Okta's jobs decides who is in it

    @req:one-group-join @unsupported @S-42 @OKTA-one-group
    Scenario Outline: Cem joins the one group
      Given Okta draws the order of its jobs from the seed <seed>
      And the group Analysts is assigned to the application with Ana and Ben in it
      And the group Analysts is pushed with Ana and Ben in it
      When Cem joins the group Analysts
      Then the members of Analysts are those whom Okta named

      @row:push-first
      Examples: the push comes first, and Cem is missing from the group
        | seed |
        | 1    |

      @row:assignment-first
      Examples: the assignment comes first, and nobody is missing
        | seed |
        | 2    |

    @req:one-group-leave @unsupported @S-42 @OKTA-one-group
    Scenario Outline: Ben leaves the one group
      Given Okta draws the order of its jobs from the seed <seed>
      And the group Analysts is assigned to the application with Ana and Ben in it
      And the group Analysts is pushed with Ana and Ben in it
      When Ben leaves the group Analysts
      Then the members of Analysts are those whom Okta named

      @row:deactivation-first
      Examples: the deactivation comes first, and Ben stays in the group
        | seed |
        | 2    |

      @row:push-first
      Examples: the push comes first, and nobody stays
        | seed |
        | 1    |

  Rule: Who comes back before anybody noticed is in the group if the target kept them

    @req:one-group-rejoin @unsupported @S-42 @OKTA-one-group
    Scenario: Ben leaves the one group and joins it again, and the push names him neither time
      Given Okta draws the order of its jobs from the seed 2
      And the group Analysts is assigned to the application with Ana and Ben in it
      And the group Analysts is pushed with Ana and Ben in it
      And Ben left the group Analysts
      When Ben joins the group Analysts
      Then the members of Analysts are those whom Okta named

  Rule: Push now heals

    @req:one-group-missing-healed @unsupported @OKTA-push-now @S-42 @OKTA-one-group
    Scenario: Cem is missing from the one group
      Given Okta draws the order of its jobs from the seed 1
      And the group Analysts is assigned to the application with Ana and Ben in it
      And the group Analysts is pushed with Ana and Ben in it
      And Cem joined the group Analysts
      When the group Analysts is pushed now
      Then the members of Analysts are Ana, Ben and Cem

    @req:one-group-stale-healed @unsupported @OKTA-push-now @S-42 @OKTA-one-group
    Scenario: Ben has stayed in the one group
      Given Okta draws the order of its jobs from the seed 2
      And the group Analysts is assigned to the application with Ana and Ben in it
      And the group Analysts is pushed with Ana and Ben in it
      And Ben left the group Analysts
      When the group Analysts is pushed now
      Then the members of Analysts are Ana
