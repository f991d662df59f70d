package fault

// Mistakes in keeping what several clients change at once, and in what the provider's
// administrator has set or entered by hand. They lie between the reading and the writing
// of one request, or between one request and the next, so that nothing in front of a
// server can make them: our own server makes them in its store, which knows them by
// these names.
//
// Of the second kind no provider is known to have made one: they undo, one by one, what
// the provider's page says or the reference server chooses.
var storeFaults = []Fault{
	{
		Name: "lost-update",
		What: "a change of a group is read, made and written back without a lock: of two at once, one is lost, though both are answered with success",
		Seen: "F65: fleetdm/fleet #50724, Captain-P-Goldfish/scim-for-keycloak #107",
	},
	{
		Name: "reads-an-older-copy",
		What: "a read that comes next after a change of a group shows the group as it was before it",
		Seen: "F65: FusionAuth/fusionauth-issues #2869, a copy that lags behind what was written",
	},
	{
		Name: "settings-never-reread",
		What: "an IAM's settings and its key are read once: what an administrator changes later is stored, and has no effect",
		Seen: "the class of F65 (FusionAuth/fusionauth-issues #2869), a copy that never hears of what was written; of a provider's settings nowhere",
	},
	{
		Name: "kept-before-save",
		What: "an IAM is kept as soon as it has a name, before it is tested and saved",
		Seen: "nowhere; it undoes that nothing is kept before Save, which the provider's page says",
	},
	{
		Name: "sync-boxes-not-read",
		What: "groups and attributes sync, whether or not their boxes are ticked",
		Seen: "nowhere; it undoes the boxes of the provider's page",
	},
	{
		Name: "permissions-forgotten",
		What: "a new account has no permissions, whatever the default is",
		Seen: "nowhere; it undoes the default permissions of the provider's page",
	},
	{
		Name: "permissions-of-the-day",
		What: "each change of an account gives it the default permissions of the day in place of its own",
		Seen: "nowhere; it undoes that the default counts at the creation alone, which is inference",
	},
	{
		Name: "permissions-asked-for",
		What: "a new account has the permissions that its create asks for, in whichever schema",
		Seen: "nowhere; it undoes that SCIM grants no permission, which is inference",
	},
	{
		Name: "profiles-filled-once",
		What: "a profile and its usernames elsewhere are filled when an account is made, and follow nothing afterwards",
		Seen: "the class of F14 and F11 (limosa-io/laravel-scim-server PR #36, fleetdm/fleet #53446): a mapping for POST that PUT has not",
	},
	{
		Name: "pushes-overwrite-hand-edits",
		What: "a push empties the fields of a profile that no mapping fills, and takes the attributes away that were given by hand",
		Seen: "the class of F04 (ssoready/ssoready PR #206): what a write does not name is gone",
	},
	{
		Name: "rows-take-everything",
		What: "a row of the attribute schema takes the attributes of the whole account, whatever schema they are in",
		Seen: "nowhere; it undoes that a row names the schema whose attributes it takes, which the provider's page says",
	},
	{
		Name: "groups-nobody-pushed",
		What: "with the first account that is made there is a group, which nobody pushed, with nobody in it",
		Seen: "nowhere; it undoes that groups come by Push Groups, which the provider's page says",
	},
	{
		Name: "namesakes-migrate",
		What: "a new account takes the place of the internal IAM's account of its name",
		Seen: "the class of V1 (CVE-2025-41115): who comes by SCIM becomes somebody who is there already",
	},
}
