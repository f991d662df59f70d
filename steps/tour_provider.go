package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/target"
)

// atProvider tells what the provider's screens show otherwise than before: the page of
// the IAM that is being added, and once it is saved its settings, accounts and groups.
func (g *guide) atProvider(ctx context.Context) error {
	if no := g.page.refusal; no != g.refusal {
		if g.refusal = no; no != nil {
			g.line("provider", "refused: "+no.Reason)
		}
	}
	now, err := g.onScreens(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if now[name] != g.shown[name] {
			g.line("provider", name+": "+now[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.shown)) {
		if _, still := now[name]; !still {
			g.line("provider", name+": gone")
		}
	}
	g.shown = now
	return nil
}

// onScreens are the lines that the provider's screens show, by what each is about. The
// IAM that every scenario is given is not on this tour; it goes when the story's own is
// saved.
func (g *guide) onScreens(ctx context.Context) (map[string]string, error) {
	shown := map[string]string{}
	if d := g.page.draft; d != nil {
		shown["page, not saved"] = draftLine(d)
	}
	if g.endpoint.Screens.IAM == g.spot.IAM {
		return shown, nil
	}
	if err := g.spot.Remove(ctx); err != nil && !isGone(err) {
		return nil, err
	}
	settings, err := g.endpoint.Screens.Settings(ctx)
	if err != nil {
		return nil, err
	}
	accounts, err := g.endpoint.Screens.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := g.endpoint.Screens.Groups(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"default_permissions", "profile_schema", "sync_groups", "sync_attributes", "attribute_schema", "external_usernames", "scim_url", "scim_key"} {
		value, _ := json.Marshal(settings[name]) // it was JSON before
		shown["setting "+name] = string(value)
	}
	for _, a := range accounts {
		shown["user "+a.UserName] = accountLine(a)
	}
	for _, group := range groups {
		shown["group "+group.Name] = strings.Join(append(group.Members, "nobody")[:max(1, len(group.Members))], ", ")
	}
	return shown, nil
}

func isGone(err error) bool {
	var no *target.Refused
	return errors.As(err, &no) && no.Status == 404
}

// draftLine is the page of an IAM that is not saved. The key is shown on it; here it is
// enough that it is there.
func draftLine(d *target.Draft) string {
	line := "IAM ID " + d.IAM
	if d.URL != "" {
		line += ", SCIM URL " + d.URL
	}
	if d.Key != "" {
		line += fmt.Sprintf(", SCIM API Key of %d characters", len(d.Key))
	}
	return line
}

func accountLine(a target.Screen) string {
	parts := []string{"active"}
	if a.Disabled {
		parts[0] = "disabled"
	}
	parts = append(parts, a.Permissions...)
	if len(a.Groups) > 0 {
		parts = append(parts, "in "+strings.Join(a.Groups, ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(a.Profile.Fields)) {
		parts = append(parts, name+" "+a.Profile.Fields[name])
	}
	for _, name := range slices.Sorted(maps.Keys(a.All)) {
		parts = append(parts, name+" = "+strings.Join(a.All[name], ", "))
	}
	for _, platform := range slices.Sorted(maps.Keys(a.Profile.ExternalUsernames)) {
		parts = append(parts, strings.TrimSuffix(platform, "User")+" "+a.Profile.ExternalUsernames[platform])
	}
	return strings.Join(parts, "; ")
}
