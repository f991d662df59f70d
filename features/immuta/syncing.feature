@bundled
Feature: Groups and attributes sync where both sides have them on

  Sync groups and Sync attributes are boxes of the IAM. A push of a group that has
  nowhere to go is answered with an error, so that Okta's administrator sees it; of an
  extension's attributes nothing is shown, and SCIM keeps them all the same.

  Background:
    Given Okta is connected to the target

  Rule: Groups need Push Groups in Okta and Sync groups at the provider

    @groups @req:groups-need-both @S-25 @S-52
    Scenario Outline: Push Groups is <push>, and the box is <box>
      Given Ana is in the group Analysts
      And the provider's administrator <does> Sync groups
      When Ana is assigned to the application
      And Push Groups is <push> in Okta for the group Analysts
      Then the provider's screen shows <what>

      @row:both
      Examples:
        | push | box    | does    | what                             |
        | on   | ticked | ticks   | the group Analysts with Ana in it |

      @row:okta-alone
      Examples:
        | push | box      | does    | what              |
        | on   | unticked | unticks | no group Analysts |

      @row:provider-alone
      Examples:
        | push | box    | does  | what              |
        | off  | ticked | ticks | no group at all   |

      @row:neither
      Examples:
        | push | box      | does    | what              |
        | off  | unticked | unticks | no group at all   |

    @groups @req:push-without-sync-is-said @IMMUTA-push-refused
    Scenario: Okta's administrator learns that the box is unticked
      Given Ana is assigned to the application
      And Ana is in the group Analysts
      And the provider's administrator unticks Sync groups
      When Push Groups is on in Okta for the group Analysts
      Then Okta shows an error at the push of the group Analysts

  Rule: Attributes and external usernames need Sync attributes

    @users @attributes @req:attributes-need-sync @S-26
    Scenario: The box is unticked
      Given the application has an attribute login in a schema of its own
      And the provider takes the attributes of that schema under the prefix okta
      And the provider's administrator unticks Sync attributes
      When Ana is assigned to the application with the login "T_SMITH"
      Then the provider's screen shows no attribute okta.login of Ana
      And Ana's account shows the login "T_SMITH"

    @users @attributes @req:usernames-need-sync @S-64
    Scenario: A username is mapped without it
      Given the application has an attribute login in a schema of its own
      And the provider takes the attributes of that schema under the prefix okta
      And the provider's administrator unticks Sync attributes
      And the provider's administrator tries to map okta.login to the username on snowflake
      When Ana is assigned to the application with the login "T_SMITH"
      Then the provider's screen shows no username on snowflake for Ana

    @users @attributes @req:username-mapping-is-refused @IMMUTA-mapping-refused
    Scenario Outline: A username is mapped without <box>
      Given the provider takes the attributes of that schema under the prefix okta
      And the provider's administrator unticks <box>
      When the provider's administrator tries to map okta.login to the username on snowflake
      Then the provider refuses it
      And the reason names <box>

      @row:sync
      Examples:
        | box             |
        | Sync attributes |

      @row:scim
      Examples:
        | box                 |
        | Enable SCIM support |

  Rule: An attribute needs a row of the attribute schema, and a value in Okta

    @users @attributes @req:screen-needs-value @S-63
    Scenario: The row is there, and Okta has no attribute in its schema
      Given the provider takes the attributes of that schema under the prefix okta
      When Ana is assigned to the application
      Then the provider's screen shows no attribute at all of Ana

    @users @attributes @req:prefix-is-anything @S-60
    Scenario Outline: The prefix is <what>
      Given the application has an attribute login in a schema of its own
      And the provider takes the attributes of that schema <under>
      When Ana is assigned to the application with the login "T_SMITH"
      Then the provider's screen shows Ana's attribute <attribute> as "T_SMITH"

      @row:accent
      Examples:
        | what                | under              | attribute |
        | a letter with an accent | under the prefix é | é.login   |

      @row:emoji
      Examples:
        | what     | under               | attribute |
        | an emoji | under the prefix 🦩 | 🦩.login  |

      @row:space
      Examples:
        | what                 | under                | attribute |
        | two words            | under the prefix a b | a b.login |

      @row:dot
      Examples:
        | what        | under                | attribute |
        | with a dot  | under the prefix a.b | a.b.login |

      @row:none
      Examples:
        | what    | under            | attribute |
        | nothing | without a prefix | login     |

      @row:long
      Examples:
        | what            | under                 | attribute    |
        | a hundred letters | under the prefix oktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaokta | oktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaoktaokta.login |
