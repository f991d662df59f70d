@connection
Feature: Okta accepts the connection

  Before anything is provisioned, an administrator enters the server's address
  and token and tests them. Okta makes one authenticated read and believes what
  it sees: a list, or no connection.

  Rule: An authenticated read is answered with a list

    @req:connection-test @S-31 @S-32 @OKTA-connection-test @OKTA-paging-numbers @F47 @F49
    Scenario: The administrator tests the API credentials
      When the administrator tests the API credentials
      Then Okta accepts the credentials

  Rule: Only the right key opens it, and nothing is saved with another

    @req:wrong-key-saves-nothing @S-32 @S-33
    Scenario: The administrator mistypes the key
      Given the application is there, and not connected
      When the administrator fills in the SCIM URL and a wrong key under API Integration
      And the administrator clicks Test API Credentials
      And the administrator tries to save the API integration
      And Ana is assigned to the application while nothing is provisioned
      Then Okta has not saved the API integration
      And Okta is refused with the key
      And the target holds no account for Ana
