package features

// A Cost is what is at stake for a customer where a requirement does not hold.
// Requirements name it by its word, after "Costs:". It ranks failures and is no
// part of a verdict.
type Cost struct {
	Word string
	Text string // for the customer's administrator
}

// Costs, the gravest first. That access which was taken away stays outweighs
// that access is missing: nobody complains of the first.
var Costs = []Cost{
	{"exposure", "People from whom access was taken keep it."},
	{"trespass", "Accounts or groups of others are taken over or changed."},
	{"standstill", "Okta cannot work with the target at all: nobody is added, changed or disabled."},
	{"lockout", "People who should have access do not get it, or do not get it back."},
	{"rights", "Groups hold other people than Okta says: some have rights that they should not have, others lack theirs."},
	{"loss", "What the target knew about people is lost."},
	{"drift", "The target shows something else than Okta, and nobody is told."},
}

// AtStake is what a cost's word stands for; "" for a word that is none.
func AtStake(word string) string {
	for _, c := range Costs {
		if c.Word == word {
			return c.Text
		}
	}
	return ""
}

// Gravity ranks a cost: 1 for the slightest, more for a graver one, and 0 for a
// word that is none.
func Gravity(word string) int {
	for i, c := range Costs {
		if c.Word == word {
			return len(Costs) - i
		}
	}
	return 0
}
