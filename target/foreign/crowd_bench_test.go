package foreign_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/foreign"
)

// The servers of BenchmarkSameCrowd.
const (
	bundled = "bundled"
	elimity = "elimity"
)

const connections = 16

// BenchmarkSameCrowd leads one crowd in a closed loop at the bundled server and at
// elimity's, and says how many people a second each provisions, and how many times as
// many the bundled one: the geometric mean over the slices, and its 95 % interval. The
// servers are by URL, each in a process of its own that is started for each slice anew,
// and they take turns, so that other work on the machine meets both.
//
// The figures are of each phase alone. Ledger, reading back and tidying up are as at
// anybody's server, and have to end well. Elimity's looks through all accounts for each
// name, so that the size of the directory is the second thing that is varied; those who
// are there already were made by the same requests.
func BenchmarkSameCrowd(b *testing.B) {
	for _, c := range []struct {
		there, people int
		phases        []crowd.Phase
		slices        int
	}{
		{0, 500, []crowd.Phase{crowd.Onboard, crowd.Push, crowd.Day2}, 6},
		{4_800, 200, []crowd.Phase{crowd.Onboard}, 4},
	} {
		b.Run(fmt.Sprintf("%d people join %d", c.people, c.there), func(b *testing.B) {
			b.Logf("%d slices; load average before: %s", c.slices, loadAverage())
			arms := []string{bundled, elimity}
			for range b.N {
				seen := map[string][]evidence.Load{}
				for i := range c.slices {
					for k := range arms {
						arm := arms[(k+i)%len(arms)]
						seen[arm] = append(seen[arm], leads(b, arm, c.there, loadgen.Config{
							RunID: fmt.Sprintf("spslice%03d", i), Seed: 1, People: c.people, Phases: c.phases, Workers: connections,
						}))
					}
				}
				for at, phase := range c.phases {
					compares(b, string(phase), phaseOf(seen[bundled], at), phaseOf(seen[elimity], at))
				}
			}
			b.ReportMetric(0, "ns/op")
			b.Logf("load average after: %s", loadAverage())
		})
	}
}

// leads plays a run at a server that is fresh but for those who are there already. What
// does not end well is no figure.
func leads(b *testing.B, arm string, there int, c loadgen.Config) evidence.Load {
	b.Helper()
	server, stop := served(b, arm, there)
	defer stop()
	c.Target, c.Redact = server, evidence.NewRedactor(server.Secrets...)
	folder, err := evidence.Create(b.TempDir(), evidence.Run{ID: c.RunID}, c.Redact)
	if err != nil {
		b.Fatal(err)
	}
	c.Folder = folder
	seen, err := loadgen.Run(b.Context(), c)
	if err = errors.Join(err, folder.Finish(evidence.End{})); err != nil {
		b.Fatal(err)
	}
	if seen.Result != "success" || seen.Readback.Accounts != there+c.People {
		b.Fatalf("%s: %s, %d accounts, %v %v %v", arm, seen.Result, seen.Readback.Accounts, seen.Missing, seen.Deviates, seen.Invalid)
	}
	return seen
}

func phaseOf(runs []evidence.Load, at int) (phases []evidence.LoadPhase) {
	for _, r := range runs {
		phases = append(phases, r.Phases[at])
	}
	return phases
}

// compares reports one phase, slice by slice.
func compares(b *testing.B, phase string, ours, theirs []evidence.LoadPhase) {
	perSecond := func(p evidence.LoadPhase) float64 { return p.Pace.PerSecond }
	requests := func(p evidence.LoadPhase) float64 {
		sum := int64(0)
		for _, r := range p.Requests {
			sum += r.Count
		}
		return float64(sum) / p.DurationMS * 1000
	}
	worst := func(p evidence.LoadPhase) (p99 float64) {
		for _, d := range p.Dialogues {
			p99 = max(p99, d.P99)
		}
		return p99
	}
	times := make([]float64, len(ours))
	for i := range ours {
		times[i] = math.Log(perSecond(ours[i]) / perSecond(theirs[i]))
	}
	middle, within := interval(times)
	b.ReportMetric(math.Exp(middle), phase+"-bundled/elimity")
	b.ReportMetric(math.Exp(middle-within), phase+"-bundled/elimity-from")
	b.ReportMetric(math.Exp(middle+within), phase+"-bundled/elimity-to")
	for _, arm := range []struct {
		name   string
		phases []evidence.LoadPhase
	}{{bundled, ours}, {elimity, theirs}} {
		b.ReportMetric(mean(arm.phases, perSecond), phase+"-"+arm.name+"/s")
		b.Logf("%s at %s: %.0f a second, %.0f requests a second, p99 %.1f ms", phase, arm.name,
			mean(arm.phases, perSecond), mean(arm.phases, requests), mean(arm.phases, worst))
	}
}

func mean[T any](of []T, value func(T) float64) float64 {
	sum := 0.0
	for _, v := range of {
		sum += value(v)
	}
	return sum / float64(len(of))
}

// student is the 97.5 % quantile of Student's distribution by the number of values: of so
// few the normal distribution's would say too narrow an interval.
var student = map[int]float64{4: 3.182, 6: 2.571}

// interval returns a mean, and half of its 95 % interval.
func interval(of []float64) (middle, within float64) {
	n := float64(len(of))
	middle = mean(of, func(v float64) float64 { return v })
	variance := mean(of, func(v float64) float64 { return (v - middle) * (v - middle) }) * n / (n - 1)
	return middle, student[len(of)] * math.Sqrt(variance/n)
}

// loadAverage is what else the machine does: figures that were taken while it did much
// are to be doubted.
func loadAverage() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known on this system"
	}
	return strings.Join(strings.Fields(string(raw))[:3], " ")
}

// served starts this test binary as one of the servers, with so many accounts.
func served(b *testing.B, arm string, there int) (server target.Target, stop func()) {
	b.Helper()
	process := exec.Command(os.Args[0], "-test.run=^TestServedInAProcessOfItsOwn$")
	process.Env = append(os.Environ(), "FOREIGN_SERVES="+arm, fmt.Sprintf("FOREIGN_HOLDS=%d", there))
	out, err := process.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	in, err := process.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := process.Start(); err != nil {
		b.Fatal(err)
	}
	stop = func() {
		in.Close()
		_, _ = io.Copy(io.Discard, out)
		_ = process.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	at := strings.Fields(line)
	if err != nil || len(at) != 2 {
		stop()
		b.Fatalf("the server says %q where it is: %v", line, err)
	}
	return target.External(at[0], at[1]), stop
}

// TestServedInAProcessOfItsOwn is no test but the process of a server of
// BenchmarkSameCrowd. It serves until its standard input ends.
func TestServedInAProcessOfItsOwn(t *testing.T) {
	var at target.Endpoint
	switch os.Getenv("FOREIGN_SERVES") {
	case bundled:
		server, err := target.Serve("", token)
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		if at, err = server.Tenant(t.Context()); err != nil {
			t.Fatal(err)
		}
	case elimity:
		server := httptest.NewServer(foreign.Elimity(token))
		defer server.Close()
		at = target.Endpoint{URL: server.URL, Token: token}
	default:
		t.Skip("runs only as a server of BenchmarkSameCrowd, in a process of its own")
	}
	there, err := strconv.Atoi(os.Getenv("FOREIGN_HOLDS"))
	if err != nil {
		t.Fatal(err)
	}
	fills(t, at, there)
	fmt.Println(at.URL, at.Token)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// fills makes accounts beforehand, by the suite's own hand.
func fills(t *testing.T, at target.Endpoint, people int) {
	t.Helper()
	eyes := target.Eyes{URL: at.URL, Token: at.Token, HTTP: http.DefaultTransport}
	there := crowd.Population{Mark: "spthere000", Seed: 2, Size: people}
	for n := range people {
		given, family := there.Names(n)
		look, err := eyes.CreateUser(t.Context(), target.NewUser{
			UserName: there.UserName(n), GivenName: given, FamilyName: family, Email: there.Email(n), ExternalID: string(there.ID(n)),
		})
		if err != nil || look.Status != http.StatusCreated {
			t.Fatalf("an account was answered with %s (%v)", look, err)
		}
	}
}
