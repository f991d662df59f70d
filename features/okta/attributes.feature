@users @attributes
Feature: A custom attribute travels in an extension of its own

  Okta's administrators add attributes to the application's profile, each with an
  external namespace. What somebody's value is then stands in their account below
  that URN, and follows what the administrator enters. A server that refuses the
  URN provisions nobody who has such a value.

  No RFC obliges a server to keep an extension that it does not know, nor to take
  one. A server that leaves it out altogether, or refuses it, is told so, and is not
  blamed; one that keeps it, and then loses or changes it, is.

  Background:
    Given Okta is connected to the target

  Rule: A value that is there when somebody is assigned comes with the account

    @req:custom-attribute-arrives @S-57 @S-62 @F13 @F15 @F17
    Scenario Outline: Ana comes with a value
      Given the application has an attribute <attribute> in <schema>
      When Ana is assigned to the application with the <attribute> "R&D 7"
      Then Ana's account shows the <attribute> "R&D 7"
      And the target shows Ana as active

      @row:own-schema
      Examples:
        | attribute | schema                 |
        | clearance | a schema of its own    |

      @row:enterprise
      Examples:
        | attribute  | schema                |
        | department | the enterprise schema |

      @row:cost-centre
      Examples:
        | attribute  | schema                |
        | costCenter | the enterprise schema |

      @row:manager
      Examples: below an object of the schema
        | attribute | schema                |
        | manager   | the enterprise schema |

    @req:custom-attribute-types @S-56 @RFC7643-2.3-01
    Scenario Outline: A value keeps its type
      Given the application has an attribute <attribute> in a schema of its own
      When Ana is assigned to the application with the <attribute> <value>
      Then Ana's account shows the <attribute> <value>

      @row:boolean
      Examples:
        | attribute | value |
        | trusted   | false |

      @row:integer
      Examples:
        | attribute | value |
        | level     | 7     |

      @row:decimal
      Examples:
        | attribute | value |
        | quota     | 2.5   |

      @row:list
      Examples:
        | attribute | value             |
        | projects  | ["north","south"] |

  Rule: Without a value there is no attribute

    @req:custom-attribute-empty @S-58
    Scenario: Ben has a value, and Ana has none
      Given the application has an attribute clearance in a schema of its own
      And Ben is assigned to the application with the clearance "open"
      When Ana is assigned to the application
      Then Ana's account shows no clearance
      And Ben's account shows the clearance "open"
      And the target shows Ana as active

  Rule: The account follows what is entered in Okta, and nobody else's does

    @req:custom-attribute-added @S-62 @F14
    Scenario: Ana is given a value later
      Given the application has an attribute clearance in a schema of its own
      And Ben is assigned to the application with the clearance "open"
      And Ana is assigned to the application
      When Ana's clearance is set to "secret"
      Then Ana's account shows the clearance "secret"
      And Ben's account shows the clearance "open"

    @req:custom-attribute-changes @S-62 @F14 @RFC7644-3.5.1-01
    Scenario Outline: Ana's value changes
      Given the application has an attribute <attribute> in <schema>
      And Ana is assigned to the application with the <attribute> "open"
      When Ana's <attribute> is set to "secret"
      Then Ana's account shows the <attribute> "secret"

      @row:own-schema
      Examples:
        | attribute | schema                 |
        | clearance | a schema of its own    |

      @row:enterprise
      Examples:
        | attribute  | schema                |
        | department | the enterprise schema |

    @req:custom-attribute-cleared @S-62 @OKTA-cleared-value
    Scenario: Ana's value is taken away
      Given the application has an attribute clearance in a schema of its own
      And the application has an attribute alias in a schema of its own
      And Ana is assigned to the application with the clearance "open"
      And Ana's alias is set to "Anita"
      When Ana's clearance is cleared
      Then Ana's account shows no clearance
      And Ana's account shows the alias "Anita"
