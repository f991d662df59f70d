@groups
Feature: The members of a pushed group follow Okta

  Background:
    Given Okta is connected to the target

  Rule: Who joins is added, who leaves is removed, and the others stay

    @req:member-joins @S-54 @F51 @RFC7644-3.5.1-13 @F59
    Scenario: Cem joins
      Given Ana, Ben and Cem are assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      When Cem joins the group Analysts
      Then the members of Analysts are Ana, Ben and Cem

    @req:member-leaves @S-55 @F50 @F52
    Scenario: Ben leaves
      Given Ana, Ben and Cem are assigned to the application
      And the group Analysts is pushed with Ana, Ben and Cem in it
      When Ben leaves the group Analysts
      Then the members of Analysts are Ana and Cem
      And the target shows Ben as active

  Rule: A membership is the same from whichever side it is changed

    @req:groups-tab-adds @S-53 @S-54 @RFC7643-4.1.2-08
    Scenario: Ana is put into Analysts on her Groups tab
      Given Ana and Ben are assigned to the application
      And the group Analysts is pushed with Ben in it
      When the group Analysts is added on Ana's Groups tab
      Then the members of Analysts are Ana and Ben
      And Ana's account lists the group Analysts

    @req:groups-tab-removes @S-53 @S-55 @RFC7643-4.1.2-08
    Scenario: Ana is taken out of Analysts on her Groups tab
      Given Ana and Ben are assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      And Ana's account lists the group Analysts
      When the group Analysts is removed on Ana's Groups tab
      Then the members of Analysts are Ben
      And Ana's account does not list the group Analysts
      And the target shows Ana as active

  Rule: A change of a group is answered with the group

    @req:change-answers-group @OKTA-stable-ids @RFC7644-3.5.1-02
    Scenario: Ben joins
      Given Ana and Ben are assigned to the application
      And the group Analysts is pushed with Ana in it
      When Ben joins the group Analysts
      Then Okta was answered with the group Analysts

  Rule: A new name is only a name

    @req:rename-keeps-members @S-08 @F55 @F56 @F70
    Scenario: Analysts become Researchers
      Given Ana, Ben and Cem are assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      When the group Analysts is renamed to Researchers
      Then the target holds one group Researchers
      And it is the group that was there
      And the target holds no group Analysts
      And the members of Researchers are Ana and Ben

  Rule: A group that is unlinked and deleted goes alone

    @req:unlink-deletes-group @S-09 @F71
    Scenario: Analysts are no longer pushed
      Given Ana, Ben and Cem are assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      When the group Analysts is unlinked and deleted
      Then the target holds no group Analysts

    @req:unlink-keeps-people @S-09 @OKTA-users-outlive-groups
    Scenario: The people stay
      Given Ana, Ben and Cem are assigned to the application
      And the group Analysts is pushed with Ana and Ben in it
      When the group Analysts is unlinked and deleted
      Then the target shows Ana as active
      And the target shows Ben as active

    @req:unlink-deletes-groups @S-09 @F71
    Scenario: Analysts and Researchers are no longer pushed
      Given Ana and Ben are assigned to the application
      And the group Analysts is pushed with Ana in it
      And the group Researchers is pushed with Ben in it
      When the groups Analysts and Researchers are unlinked and deleted together
      Then the target holds no group Analysts
      And the target holds no group Researchers
      And the target shows Ana as active
