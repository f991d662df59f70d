package fault

// Mistakes in keeping what several clients change at once. They lie between the
// reading and the writing of one request, or between one request and the next, so
// that nothing in front of a server can make them: our own server makes them in its
// store, which knows them by these names.
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
}
