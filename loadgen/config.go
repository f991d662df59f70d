package loadgen

import (
	"cmp"
	"crypto/tls"
	"net/http"
	"time"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// Config says whom to provision, where and how fast. Target, RunID and People are
// needed.
type Config struct {
	Target  target.Target
	RunID   string
	Seed    uint64
	People  int
	Size    crowd.Size        // the groups, and how large; its People is nothing. The zero value is that of crowd.SizeFor(People)
	Phases  []crowd.Phase     // in order; nil means crowd.Onboard
	Churn   float64           // the share of people and memberships that changes in a later phase; 0 means a tenth
	Mix     crowd.Weights     // of the phase Mix; nil means crowd.DefaultWeights
	Rate    pace.Schedule     // when the dialogues of each phase begin; the zero value is a closed loop
	Workers int               // dialogues at a time; 0: 1,000, or 16 in a closed loop
	Dialect provision.Dialect // "" means AIW
	Knobs   provision.Knobs   // Workers and Retries belong to an engine, and are nothing to a load run

	Timeout time.Duration // per request; 0 means 60 s, Okta's
	Grace   time.Duration // for what is in flight when the run is interrupted; 0 means 5 s
	Gentle  float64       // requests a second, at most, of the reading back and the tidying up; 0: as fast as it goes
	// Throttled is how long the dialogues may wait in all for a target that answers 429,
	// and again what follows them: the time in which anybody waits. When it is used up
	// nobody new begins; with 0 that is at the first 429 that asks for a wait.
	Throttled time.Duration
	// Limits are the names of those that the target has been set for practice. At a
	// target of our own, where such waits pass at once otherwise, a 429 is then waited for
	// really: within so many writes a minute nobody would get through without.
	Limits []string
	Count  bool  // an answer of 429 ends its dialogue and is counted, and is not obeyed as Okta does
	SLOs   []SLO // limits that the run is held to
	// FindCapacity searches the highest rate at which people can be onboarded while the
	// limits hold (DefaultLimits where none are set), beginning at the highest of Rate.
	// Then People, Size, Phases and Mix are nothing.
	FindCapacity bool

	Folder   *evidence.Folder   // keeps the ledger; may be nil at a target of our own
	Redact   *evidence.Redactor // learns the tenant's token
	Base     http.RoundTripper  // carries the requests; nil: a wire's own
	Now      func() time.Time   // nil: time.Now
	Progress func(Progress)     // told after each dialogue, one at a time; may be nil
	Witness  Witness            // told of all that happens; may be nil
}

func (c Config) withDefaults() Config {
	if c.Workers <= 0 {
		c.Workers = 1000
		if c.Rate.Closed() {
			c.Workers = 16
		}
	}
	if c.FindCapacity {
		c.People, c.Phases = mostDialogues, nil
		if c.Rate.Closed() {
			c.Rate = pace.Constant(50)
		}
		if len(c.SLOs) == 0 {
			c.SLOs = DefaultLimits()
		}
	}
	if len(c.Phases) == 0 {
		c.Phases = []crowd.Phase{crowd.Onboard}
	}
	if c.Size == (crowd.Size{}) {
		c.Size = crowd.SizeFor(c.People)
	}
	if c.Churn <= 0 {
		c.Churn = 0.1
	}
	if c.Mix == nil {
		c.Mix = crowd.DefaultWeights
	}
	if c.Dialect == "" {
		c.Dialect = provision.AIW
	}
	if c.Timeout <= 0 {
		c.Timeout = time.Minute
	}
	if c.Grace <= 0 {
		c.Grace = 5 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Progress == nil {
		c.Progress = func(Progress) {}
	}
	if c.Witness == nil {
		c.Witness = Witnesses{}
	}
	if c.Base == nil {
		c.Base = transport(c.Target.TLS, c.Workers)
	}
	return c
}

// transport carries what so many dialogues say at a time. With fewer idle connections it
// would dial again and again; without a bound it would also dial for a dialogue that
// then takes a connection which another has done with.
func transport(config *tls.Config, dialogues int) *http.Transport {
	base := wire.Transport(config)
	most := max(dialogues, atATime)
	base.MaxIdleConnsPerHost, base.MaxConnsPerHost = most, most
	return base
}

// longest is how many bytes one answer of a good server may have: a page of the groups
// that an import asks for shows all their members, each with its reference and name.
func longest(g crowd.Groups) int64 {
	const whatever, aMember, importPage = 16 << 20, 512, 100
	members := 0
	for n := range min(importPage, g.Size.Groups) {
		members += g.Members(n)
	}
	return whatever + aMember*int64(members)
}

// Asked is what a run is asked for, as its evidence tells it.
func (c Config) Asked() evidence.LoadAsked { return c.withDefaults().asked() }

func (c Config) asked() evidence.LoadAsked {
	a := evidence.LoadAsked{
		People: c.People, Schedule: c.Rate.String(), Rate: c.Rate.Highest(), Workers: c.Workers, Dialect: string(c.Dialect),
		TimeoutMS: float64(c.Timeout.Milliseconds()), Throttle: "obey", Limits: c.Limits,
	}
	if c.Count {
		a.Throttle = "count"
	}
	for _, l := range c.SLOs {
		a.SLOs = append(a.SLOs, l.String())
	}
	p := c.plan()
	if p.Has(crowd.Push) {
		a.Groups, a.Memberships = p.Groups.Size.Groups, p.Groups.Memberships()
	}
	for _, phase := range c.Phases {
		a.Phases = append(a.Phases, string(phase))
	}
	if p.Has(crowd.Mix) {
		a.Mix = c.Mix.String()
	}
	if len(c.Phases) > 1 {
		a.Churn = c.Churn
	}
	return a
}

// Virtual says that waits for a 429 pass at once.
func (c Config) Virtual() bool { return c.Target.Ours && len(c.Limits) == 0 }

// plan is what the run does. It is pure.
func (c Config) plan() crowd.Plan {
	people := crowd.Population{Mark: c.RunID, Seed: c.Seed, Size: c.People}
	return crowd.NewPlan(crowd.Groups{People: people, Size: c.Size}, c.Phases, c.Churn, c.Mix)
}

// RequestsEach is how many requests one dialogue of the run makes at most: what a rate
// means to a target that asks for no more than so many a second. A link in the PUT
// dialect has five; a group in the PATCH dialect has as many as its members need.
func (c Config) RequestsEach() int {
	c = c.withDefaults()
	p, most := c.plan(), 0
	for _, phase := range c.Phases {
		each := 2
		switch phase {
		case crowd.Link, crowd.Reassign:
			each = 5
		case crowd.Push, crowd.Day2, crowd.Mix:
			each = 5
			if p.Has(crowd.Push) && c.Dialect == provision.OIN {
				batch := cmp.Or(c.Knobs.PatchBatch, 100)
				each = 3 + (p.Groups.Members(0)+batch-1)/batch
			}
		case crowd.Import:
			each = 2 + c.People/50
		}
		most = max(most, each)
	}
	return most
}
