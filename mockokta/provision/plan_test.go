package provision_test

import (
	"reflect"
	"testing"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
)

func TestPlan(t *testing.T) {
	const (
		ana      = directory.PersonID("00u1")
		bo       = directory.PersonID("00u2")
		analysts = directory.GroupID("00g1")
	)
	all := directory.Settings{CreateUsers: true, UpdateUsers: true, DeactivateUsers: true}
	for name, tt := range map[string]struct {
		settings directory.Settings
		change   directory.Change
		want     []provision.Op
	}{
		"assignment creates":                          {all, directory.Assigned{Person: ana}, []provision.Op{provision.EnsureUser{Person: ana}}},
		"assignment without Create Users does not":    {directory.Settings{UpdateUsers: true, DeactivateUsers: true}, directory.Assigned{Person: ana}, nil},
		"Provision User creates":                      {all, directory.ProvisioningAsked{Person: ana}, []provision.Op{provision.EnsureUser{Person: ana}}},
		"Provision User without Create Users doesn't": {directory.Settings{UpdateUsers: true}, directory.ProvisioningAsked{Person: ana}, nil},
		"unassignment keeps the account, disabled":    {all, directory.Unassigned{Person: ana}, []provision.Op{provision.DisableUser{Person: ana}}},
		"without Deactivate Users the account stays":  {directory.Settings{CreateUsers: true, UpdateUsers: true}, directory.Unassigned{Person: ana}, nil},
		"a profile is pushed":                         {all, directory.ProfileChanged{Person: ana}, []provision.Op{provision.UpdateUser{Person: ana}}},
		"without Update Users it is not":              {directory.Settings{CreateUsers: true, DeactivateUsers: true}, directory.ProfileChanged{Person: ana}, nil},
		"a password is synced":                        {directory.Settings{SyncPassword: true}, directory.PasswordChanged{Person: ana}, []provision.Op{provision.SetPassword{Person: ana}}},
		"without Sync Password it is not":             {all, directory.PasswordChanged{Person: ana}, nil},
		"Force Sync pushes a profile":                 {all, directory.ForceSyncAsked{Person: ana}, []provision.Op{provision.UpdateUser{Person: ana}}},
		"a new application does nothing":              {directory.Settings{}, directory.Unassigned{Person: ana}, nil},
		"a pushed group is there":                     {directory.Settings{}, directory.GroupPushed{Group: analysts}, []provision.Op{provision.EnsureGroup{Group: analysts}}},
		"members come and go by name": {
			all,
			directory.MembersChanged{Group: analysts, Joined: []directory.PersonID{ana}, Left: []directory.PersonID{bo}},
			[]provision.Op{provision.SyncMembers{Group: analysts, Joined: []directory.PersonID{ana}, Left: []directory.PersonID{bo}}},
		},
		"a pushed group is renamed":      {all, directory.GroupRenamed{Group: analysts}, []provision.Op{provision.RenameGroup{Group: analysts}}},
		"unlink and delete removes":      {all, directory.GroupUnlinked{Group: analysts, Delete: true}, []provision.Op{provision.RemoveGroup{Group: analysts}}},
		"unlink and leave says nothing":  {all, directory.GroupUnlinked{Group: analysts}, nil},
		"nothing changed, nothing to do": {all, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := provision.Plan(tt.settings, tt.change); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("Plan(%+v, %+v)\n got %+v\nwant %+v", tt.settings, tt.change, got, tt.want)
			}
		})
	}
}
