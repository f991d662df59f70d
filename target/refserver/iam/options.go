package iam

import (
	"net/url"
	"slices"
	"strings"
)

// SignOnURL is the client option that says where the identity provider answers who
// may sign on; see [Login]. Every type has it, and none needs it but for the test.
const SignOnURL = "sign_on_url"

// required are the client options without which an IAM of a type cannot be. That
// there are required ones is documented; which, is the reference server's choice:
// the fields without which the protocol cannot run. None of them is a secret.
var required = map[string][]string{
	SAML:   {"entry_point", "issuer", "certificate"},
	OpenID: {"client_id", "issuer"},
	LDAP:   {"host"},
}

// options are all client options of each type, in the order of the form.
var options = func() map[string][]string {
	all := map[string][]string{}
	for typ, names := range required {
		all[typ] = append(slices.Clone(names), SignOnURL)
	}
	return all
}()

// checkOptions refuses an option that the type does not have, so that one under
// another's name is not believed to be filled in.
func (s Settings) checkOptions() error {
	for name, text := range s.ClientOptions {
		if !slices.Contains(options[s.Type], name) {
			return invalid("client_options: %s is none of type %q, which has %s", name, s.Type, strings.Join(options[s.Type], ", "))
		}
		if name != SignOnURL || text == "" {
			continue
		}
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" {
			return invalid("client_options: %s is to be an http or https URL with a host, without a user or a fragment", SignOnURL)
		}
	}
	return nil
}

// Complete names what is missing before an IAM can be connected.
func (s Settings) Complete() error {
	if s.Type == "" {
		return invalid("type: one is to be chosen")
	}
	var missing []string
	for _, name := range required[s.Type] {
		if strings.TrimSpace(s.ClientOptions[name]) == "" {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return invalid("client_options: %s is needed for type %s", strings.Join(missing, " and "), s.Type)
	}
	return nil
}
