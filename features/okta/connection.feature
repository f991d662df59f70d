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
