@users
Feature: A server passes Okta's own test

  Okta publishes a test of SCIM servers, its SPEC test, which an integration has to
  pass before Okta lists it. Its requests are not those of Okta's client: they bear
  other headers, take plain JSON for SCIM, and ask what Okta never asks. Here the
  suite makes them by its own hand, with the headers of the test, and no Okta has a
  part in it.

  What the RFCs leave to a server, and the test all the same wants, is worth a
  warning at a server of somebody's, and no more.

  Rule: A list is one by its schema, its numbers and its Resources

    @req:spec-list @OKTA-spec-list @F39
    Scenario: One account is asked for
      Given the target already holds an account for Ana
      When Okta's test asks for one account
      Then it is answered with a list, and somebody on it

  Rule: What is not there is not found, and that is said in SCIM

    @req:spec-unknown-id @OKTA-spec-errors @RFC7644-3.12-01 @RFC7644-3.12-02 @F18 @F19 @F22
    Scenario: Ana has another id
      Given the target already holds an account for Ana
      When Okta's test asks for an account that is not there
      Then it is answered with 404 and a SCIM error

    @req:spec-lookup-nobody @RFC7644-3.4.2-03 @F28 @F30 @F38
    Scenario: Nobody has the username
      Given the target already holds an account for Ben
      When Okta's test looks Ana up
      Then it finds nobody

    @req:spec-lookup-in-capitals @OKTA-spec-capitals @F24
    Scenario: The username is written in capitals
      Given the target already holds an account for Ana
      When Okta's test looks Ana up in capitals
      Then it finds Ana

  Rule: An account can be made of what an account needs, in either media type

    @req:spec-create @OKTA-spec-create @RFC7644-3.3-04 @F44 @F46 @F81
    Scenario Outline: Ana comes without externalId, groups and password
      When Okta's test makes an account for Ana in <media type>
      Then it is answered with Ana's new account
      And Ana's account shows her profile

      @row:json
      Examples:
        | media type       |
        | application/json |

      @row:scim
      Examples:
        | media type                          |
        | application/scim+json; charset=utf-8 |

  Rule: Nobody is made twice

    @req:spec-create-twice @RFC7644-3.3-05 @RFC7644-3.12-01 @F23 @F77
    Scenario: Ana is there already
      Given the target already holds an account for Ana
      When Okta's test makes an account for Ana in application/json
      Then it is answered with 409 and a SCIM error
      And the target holds one account for Ana
      And Ana's account is as it was

    @req:spec-create-in-capitals @OKTA-spec-capitals @F24
    Scenario: Ana is there already, in other letters
      Given the target already holds an account for Ana
      When Okta's test makes an account for Ana in capitals
      Then it is answered with 409 and a SCIM error

  Rule: Who has no key is told so in SCIM

    @req:spec-unauthorized @OKTA-spec-errors @RFC7644-2-01 @RFC7644-3.12-01 @F20 @F21
    Scenario Outline: The key is missing or wrong
      When Okta's test comes <how>
      Then it is answered with 401 and a SCIM error

      @row:wrong
      Examples:
        | how                |
        | with a wrong token |

      @row:none
      Examples:
        | how             |
        | without a token |

  Rule: An error says what is wrong

    @req:spec-error-says-why @OKTA-spec-errors @F78
    Scenario Outline: The reason is given in words
      Given the target already holds an account for Ana
      When Okta's test <asks>
      Then the error says what is wrong

      @row:unknown-id
      Examples:
        | asks                                   |
        | asks for an account that is not there  |

      @row:wrong-token
      Examples:
        | asks                     |
        | comes with a wrong token |

      @row:taken-name
      Examples:
        | asks                                         |
        | makes an account for Ana in application/json |
