@import
Feature: A list comes in pages, and everybody is on one of them

  An import reads everybody whom the target holds, a hundred at a time, and believes
  what it reads: whom the list does not show is gone, for Okta. Both kinds of
  application read alike, so that each scenario is played once.

  Rule: Everybody is read, and nobody twice

    @req:import-reads-all @S-03 @OKTA-import @OKTA-paging-numbers @F33 @F34 @F35 @F36 @RFC7644-3.4.2.4-04 @RFC7644-3.4.2.4-06 @RFC7644-3.4.2.4-07
    Scenario Outline: <number> people are there
      Given Okta is connected to the target
      And the target already holds <number> accounts
      When the administrator imports from the target twice
      Then the numbers on each page are true
      And each import has seen every account once

      @row:101
      Examples:
        | number |
        | 101    |

      @row:0 @bundled
      Examples:
        | number |
        | 0      |

      @row:1 @bundled
      Examples:
        | number |
        | 1      |

      @row:99 @bundled
      Examples:
        | number |
        | 99     |

      @row:100 @bundled
      Examples:
        | number |
        | 100    |

      @row:250 @bundled
      Examples:
        | number |
        | 250    |

  Rule: Past the end there is nobody

    @req:import-past-the-end @F32 @F37 @RFC7644-3.4.2.4-08
    Scenario: Okta's people ask on behind the last page
      Given the target already holds an account for Ana
      When Okta's test asks for the page past the end
      Then it is answered with an empty page
      And the page says how many it has
