package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
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
	if who := g.page.tested; who.UserName != "" && !reflect.DeepEqual(who, g.tested) {
		profile, _ := json.Marshal(who.Profile) // it was JSON before
		g.line("provider", "Test User Login shows "+who.UserName+" "+string(profile))
		g.tested = who
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		was, known := g.shown[name]
		if !known && strings.HasPrefix(name, onPage) && (isEmpty(now[name]) || now[name] == g.shown["setting "+name[len(onPage):]]) {
			continue // as it is when the page is opened
		}
		if now[name] != was {
			g.line("provider", name+": "+now[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.shown)) {
		if _, still := now[name]; !still && !strings.HasPrefix(name, onPage) {
			g.line("provider", name+": gone")
		}
	}
	g.shown = now
	return nil
}

// onPage begins the lines of what stands on a page that is not saved.
const onPage = "page, "

// isEmpty says whether a setting, in JSON, is one that nobody has made.
func isEmpty(setting string) bool {
	return slices.Contains([]string{"null", "false", "[]", "{}", `""`, notTested}, setting)
}

const notTested = `{"connection":false,"user_login":false}`

// settings are those that the tour shows, in the order of the page.
var settings = []string{
	"type", "default_permissions", "client_options", "scim_enabled", "profile_schema", "sync_groups", "sync_attributes",
	"attribute_schema", "external_usernames", "scim_url",
}

// onScreens are the lines that the provider's screens show, by what each is about. The
// IAM that every scenario is given is not on this tour; it goes when the story's own is
// saved.
func (g *guide) onScreens(ctx context.Context) (map[string]string, error) {
	shown := map[string]string{}
	if d := g.page.draft; d != nil {
		shown["IAM that is not saved"] = draftLine(d)
		filled, err := d.Settings(ctx)
		if err != nil {
			return nil, err
		}
		for _, name := range append(settings, "tests") {
			if name != "scim_url" { // the line before has it
				value, _ := json.Marshal(filled[name]) // it was JSON before
				shown[onPage+name] = string(value)
			}
		}
	}
	if g.endpoint.Screens.IAM == g.spot.IAM {
		return shown, nil
	}
	if err := g.spot.Remove(ctx); err != nil && !isGone(err) {
		return nil, err
	}
	saved, err := g.endpoint.Screens.Settings(ctx)
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
	for _, name := range append(settings, "scim_key") {
		value, _ := json.Marshal(saved[name]) // it was JSON before
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
	switch {
	case strings.HasPrefix(d.Key, "*"):
		line += ", SCIM API Key kept, not shown"
	case d.Key != "":
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
