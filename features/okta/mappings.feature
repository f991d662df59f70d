@users @attributes
Feature: What is mapped in Okta follows a person's profile there

  An application comes with a mapping for most of what Okta knows of a person.
  What an administrator or a personnel system enters in Okta then stands in the
  account, some of it among the core attributes and some below the enterprise
  schema, and follows. Mappings come, change and go while accounts are there.

  A server need not keep everything that SCIM has an attribute for. What it never
  shows it is told, and not blamed; what it shows, it has to keep.

  Background:
    Given Okta is connected to the target

  Rule: What is there when somebody is assigned comes with the account

    @req:mapped-attribute-arrives @S-10 @F14
    Scenario: Ana has a department
      Given Ana's department in Okta is "R&D 7"
      When Ana is assigned to the application
      Then Ana's account shows the department "R&D 7"

    @req:mapped-attributes-arrive-together @S-10 @F13
    Scenario: Ana has a department, and more
      Given Ana's department in Okta is "R&D 7"
      And Ana's division in Okta is "North"
      And Ana's costCenter in Okta is "0042"
      When Ana is assigned to the application
      Then Ana's account shows the department "R&D 7"
      And Ana's account shows the division "North"
      And Ana's account shows the costCenter "0042"

  Rule: The account follows

    @req:mapped-attribute-follows @S-11 @F14
    Scenario: Ana changes departments
      Given Ana's department in Okta is "R&D 7"
      And Ana is assigned to the application
      When Ana's department in Okta changes to "Field"
      Then Ana's account shows the department "Field"

    @req:mapped-value-taken-away @OKTA-cleared-value
    Scenario: Ana has a title no more
      Given Ana's title in Okta is "Analyst"
      And Ana's department in Okta is "R&D 7"
      And Ana is assigned to the application
      When Ana's title is taken away in Okta
      Then Ana's account shows no title
      And Ana's account shows the department "R&D 7"

  Rule: A mapping may change while accounts are there

    @req:mapping-changes @S-11
    Scenario: The department is mapped from another attribute
      Given Ana's department in Okta is "R&D 7"
      And Ana's division in Okta is "North"
      And Ana is assigned to the application
      When the application maps division to department
      Then Ana's account shows the department "North"
      And Ana's account shows the division "North"

    @req:mapping-removed @S-47 @F14
    Scenario: The department is mapped no more
      Given Ana's department in Okta is "R&D 7"
      And Ana is assigned to the application
      And the application maps nothing to department
      When Ana's last name changes to "Ruiz-Soler"
      Then the target shows Ana's last name as "Ruiz-Soler"
      And Ana's account shows the department "R&D 7"

  Rule: A condition in an external name picks one element of a list

    @req:phones-arrive @OKTA-external-names
    Scenario: Ana has two telephones
      Given the application maps mobilePhone to phoneNumbers.^[type==mobile].value
      And Ana's primaryPhone in Okta is "+1 201 555 0123"
      And Ana's mobilePhone in Okta is "+1 201 555 0177"
      When Ana is assigned to the application
      Then Ana's account shows the primaryPhone "+1 201 555 0123"
      And Ana's account shows the mobilePhone "+1 201 555 0177"

    @req:phone-changes @OKTA-external-names @S-11
    Scenario: Ana gets another mobile telephone
      Given the application maps mobilePhone to phoneNumbers.^[type==mobile].value
      And Ana's primaryPhone in Okta is "+1 201 555 0123"
      And Ana's mobilePhone in Okta is "+1 201 555 0177"
      And Ana is assigned to the application
      When Ana's mobilePhone in Okta changes to "+1 201 555 0188"
      Then Ana's account shows the mobilePhone "+1 201 555 0188"
      And Ana's account shows the primaryPhone "+1 201 555 0123"
