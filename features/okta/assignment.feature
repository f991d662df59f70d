@users
Feature: Assignment gives a person an account

  Who is given the application in Okta finds an account at the target, ready to
  use, without anybody doing anything there.

  Background:
    Given Okta is connected to the target

  Rule: A person who is assigned has an account of their own

    @req:assign-creates @S-04 @S-48 @OKTA-create @F35 @F45 @F48 @F83 @RFC7644-3.3-04
    Scenario: Ana is new to the target
      When Ana is assigned to the application
      Then the target holds one account for Ana
      And the target shows Ana as active

    @req:assign-carries-profile @S-10 @OKTA-required-attributes @F12 @F42
    Scenario: Ana's account bears her name
      When Ana is assigned to the application
      Then Ana's account shows her profile

    @req:assign-carries-names @S-10 @OKTA-required-attributes
    Scenario Outline: Ana's name is written in other letters
      Given Ana is called <first name> <last name> in Okta
      When Ana is assigned to the application
      Then Ana's account shows her profile

      @row:apostrophe
      Examples:
        | first name | last name |
        | "Ana"      | "O'Neil"  |

      @row:script
      Examples:
        | first name | last name |
        | "花子"       | "Łukasiewicz-山田" |

    @req:assign-any-username @S-04 @F12 @F27
    Scenario Outline: Ana's username is of an unusual shape
      Given Ana's username changes to begin with <beginning>
      When Ana is assigned to the application
      Then the target holds one account for Ana
      And Ana's account shows her profile

      @row:apostrophe
      Examples:
        | beginning |
        | "o'neil." |

      @row:capitals
      Examples:
        | beginning |
        | "O.NEIL." |

    @req:assign-gives-one-id @OKTA-stable-ids @F82
    Scenario: Ana's account has one id
      When Ana is assigned to the application
      Then the id of Ana's account is one string wherever it stands

  Rule: What is secret stays so

    @req:password-never-shown @OKTA-password @F80
    Scenario: Okta sends a password with a new account
      When Ana is assigned to the application
      Then no answer shows Ana's password

  Rule: Nobody else is touched

    @req:assign-leaves-others @S-04 @V1
    Scenario: Ben was there before Ana
      Given Ben is assigned to the application
      When Ana is assigned to the application
      Then the target holds one account for Ana
      And Ben's account is as it was

    @req:assign-shared-email @OKTA-shared-email @F25
    Scenario: Ana and Ben have one email address
      Given Ana is assigned to the application
      And Ben has Ana's email address in Okta
      When Ben is assigned to the application
      Then the target holds one account for Ben
      And Ben's account shows his profile
      And Ana's account is as it was
