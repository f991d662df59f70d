package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/limit"
)

func TestLoadAtTheBundledServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	code, out, err := shellRun(t, "load", "--people", "30", "--rate", "0", "--out", dir)
	if code != ok || !strings.HasPrefix(out, "SUCCESS: 30 people have one account each") {
		t.Fatalf("exit code %d\n%s%s", code, out, err)
	}
	keepsItsSchema(t, dir)
	if code, again, err := shellRun(t, "report", dir); code != ok || !strings.HasPrefix(out, again) {
		t.Errorf("report tells it otherwise, exit code %d\n%s%s", code, again, err)
	}
}

// A crowd at somebody's server leaves disabled accounts alone behind.
func TestLoadAtATargetByURL(t *testing.T) {
	bundled, problem := target.Bundled("")
	if problem != nil {
		t.Fatal(problem)
	}
	defer bundled.Close()
	endpoint, problem := bundled.Tenant(t.Context())
	if problem != nil {
		t.Fatal(problem)
	}
	t.Setenv("SCIMPROOF_TOKEN", endpoint.Token)
	for _, dialect := range []string{"aiw", "oin"} {
		code, out, err := shellRun(t, "load", "--people", "30", "--rate", "0", "--dialect", dialect,
			"--target", endpoint.URL, "--out", filepath.Join(t.TempDir(), "out"))
		if code != ok || !strings.Contains(out, "0 lost, 0 doubled, 0 wrong") {
			t.Errorf("%s: exit code %d\n%s%s", dialect, code, out, err)
		}
	}
	accounts := listed(t, target.Eyes{URL: endpoint.URL, Token: endpoint.Token}, "/Users")
	for _, account := range accounts {
		if active, known := account.Active(); active || !known {
			t.Errorf("%s is still active", account.Text("userName"))
		}
	}
	if len(accounts) != 60 {
		t.Errorf("want the accounts of two crowds of 30, got %d", len(accounts))
	}
}

func TestLoadAtBadTargetsAndWithBadFlags(t *testing.T) {
	tattles := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/scim+json")
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, emptyList)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"you sent `+r.Header.Get("Authorization")+`"}`)
	}))
	defer tattles.Close()
	for name, tt := range map[string]struct {
		args []string
		code int
		says string
	}{
		"a dead port":                             {[]string{"--target", deadPort(t), "--token", token}, incomplete, "cannot be reached"},
		"a server that refuses, and tattles":      {[]string{"--target", tattles.URL, "--token", token, "--people", "12", "--rate", "0"}, deviates, "400"},
		"no time at all":                          {[]string{"--timeout", "0s"}, unusable, "--timeout 0s is no time to wait"},
		"less than no time":                       {[]string{"--timeout=-1s"}, unusable, "--timeout -1s is no time to wait"},
		"nobody":                                  {[]string{"--people", "0"}, unusable, "at least one"},
		"a rate that is none":                     {[]string{"--rate", "NaN"}, unusable, "--rate NaN"},
		"fewer than nobody":                       {[]string{"--people=-1"}, unusable, "at least one"},
		"more than anybody has":                   {[]string{"--people", "99999999"}, unusable, "at most 10000000"},
		"a rate below nothing":                    {[]string{"--rate=-1"}, unusable, "--rate -1"},
		"an absurd rate":                          {[]string{"--rate", "1e12"}, unusable, "--rate 1e+12"},
		"a schedule that is none":                 {[]string{"--schedule", "surge 10"}, unusable, "none of step, ramp and soak, as in step 10:20s,50:20s or"},
		"no workers":                              {[]string{"--workers", "0"}, unusable, "--workers 0 is not between 1 and 100000"},
		"too many workers":                        {[]string{"--workers", "100001"}, unusable, "--workers 100001 is not between 1 and 100000"},
		"less than no patience":                   {[]string{"--throttle-budget=-1s"}, unusable, "--throttle-budget -1s is no time to wait"},
		"weights of a phase that is not there":    {[]string{"--mix", "update=1", "--phases", "onboard,push"}, unusable, "--mix: it is for the phase mix, and --phases onboard,push does not have it"},
		"a phase that is none":                    {[]string{"--phases", "onboard,deboard"}, unusable, `"deboard" is none of the phases`},
		"groups of nobody":                        {[]string{"--phases", "push"}, unusable, "push needs people"},
		"a size that is none":                     {[]string{"--size", "huge"}, unusable, "none of smb, mid and large"},
		"a size and a number":                     {[]string{"--size", "smb", "--people", "3"}, unusable, "give one of them"},
		"a share that is none":                    {[]string{"--churn", "0"}, unusable, "--churn 0"},
		"weights that are none":                   {[]string{"--mix", "update=many"}, unusable, "is no weight"},
		"a limit that is none":                    {[]string{"--slo", "create p99"}, unusable, "is not of the form"},
		"a capacity of so many people":            {[]string{"--find-capacity", "--people", "3"}, unusable, "goes with none of"},
		"a capacity sought too slowly":            {[]string{"--find-capacity", "--rate", "0.001"}, unusable, "--find-capacity --rate 0.001: a search begins at 1 a second or more"},
		"a limit of no service's":                 {[]string{"--limit", "changes-7"}, unusable, `--limit: there is no limit "changes-7": they are changes-100, writes-180-a-minute`},
		"a limit of a container's":                {[]string{"--limit", "changes-100", "--target", "container"}, unusable, "--limit is for our own server in this process, and --target is container"},
		"a limit of a stranger's":                 {[]string{"--limit", "changes-100", "--target", "https://scim.example.com/v2", "--token", token, "--rate", "1"}, unusable, "--target is https://scim.example.com/v2"},
		"a stranger's capacity":                   {[]string{"--find-capacity", "--target", "https://scim.example.com/v2", "--token", token}, unusable, "--i-own-this"},
		"a stranger's server, pushed to":          {[]string{"--target", "https://scim.example.com/v2", "--token", token, "--rate", "2", "--size", "large", "--phases", "onboard,push", "--dialect", "oin"}, unusable, "up to 503 for each dialogue: give at most --rate 0.099, or say"},
		"a stranger's server, as fast as it goes": {[]string{"--target", "https://scim.example.com/v2", "--token", token, "--rate", "0"}, unusable, "--rate 0, as fast as it goes, means more than 50 requests"},
		"a stranger's server, by a schedule":      {[]string{"--target", "https://scim.example.com/v2", "--token", token, "--schedule", "ramp  1:60:10s"}, unusable, "--schedule 'ramp 1:60:10s' means more than 50 requests"},
		"a stranger's server, as by default":      {[]string{"--target", "https://scim.example.com/v2", "--token", token}, unusable, "--rate 50 means more than 50 requests a second to https://scim.example.com/v2, up to 2 for each dialogue: give at most --rate 25, or say --i-own-this if it is yours"},
		"a stranger's server, of millions":        {[]string{"--target", "https://scim.example.com/v2", "--token", token, "--people", "10000000", "--phases", "onboard,import"}, unusable, "up to 200002 for each dialogue: say --i-own-this"},
		"a stranger's server, asked too often":    {[]string{"--target", "https://scim.example.com/v2", "--token", token, "--rate", "100"}, unusable, "--i-own-this"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			code, out, err := shellRun(t, append([]string{"load", "--out", dir}, tt.args...)...)
			if code != tt.code || !strings.Contains(out+err, tt.says) {
				t.Errorf("want exit code %d and %q, got %d\n%s%s", tt.code, tt.says, code, out, err)
			}
			noToken(t, existing(dir), out, err)
			if existing(dir) != "" {
				keepsItsSchema(t, dir)
			}
		})
	}
}

// keepsItsSchema holds load.json against the schema that is published.
func keepsItsSchema(t *testing.T, dir string) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(reports.LoadSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("load.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("load.json")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "load.json"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Error(err)
	}
}

// A customer's groups are pushed and changed, in both dialects, and what comes of it is
// told by load.json and by the exit code.
func TestLoadInPhases(t *testing.T) {
	for _, dialect := range []string{"aiw", "oin"} {
		dir := filepath.Join(t.TempDir(), "out")
		code, out, err := shellRun(t, "load", "--people", "50", "--phases", "link,push,day-2,mix,offboard,reassign,import", "--rate", "0", "--dialect", dialect,
			"--slo", "look up max < 10m", "--slo", "errors <= 0%", "--out", dir)
		if code != ok || !strings.HasPrefix(out, "SUCCESS: 50 people have one account each, and 2 groups have their") {
			t.Fatalf("%s: exit code %d\n%s%s", dialect, code, out, err)
		}
		for _, says := range []string{"held       look up max < 10m", "Phase reassign: 5 of 5 begun, 5 done"} {
			if !strings.Contains(out, says) {
				t.Errorf("%s: want %q in\n%s", dialect, says, out)
			}
		}
		keepsItsSchema(t, dir)
	}
}

func TestALimitThatIsNotHeldFailsALoad(t *testing.T) {
	code, out, err := shellRun(t, "load", "--people", "12", "--rate", "0", "--slo", "create p50 < 1ns", "--out", filepath.Join(t.TempDir(), "out"))
	if code != deviates || !strings.HasPrefix(out, "FAILURE: a limit did not hold") || !strings.Contains(out, "breached   create p50 < 1ns") {
		t.Errorf("exit code %d\n%s%s", code, out, err)
	}
	code, out, err = shellRun(t, "load", "--people", "12", "--rate", "0", "--slo", "patch p50 < 1s", "--out", filepath.Join(t.TempDir(), "out"))
	if code != incomplete || !strings.Contains(out, "not judged patch p50 < 1s: nothing was measured") {
		t.Errorf("exit code %d\n%s%s", code, out, err)
	}
}

// A limit is set to the bundled server, told in load.json, and waited for: 101 changes of
// a group at once are refused where 100 are allowed.
func TestALoadWithinALimit(t *testing.T) {
	for _, tt := range []struct {
		limits  []string
		code    int
		clock   string
		refused int // pushes
	}{{[]string{"changes-100", "members-8000"}, deviates, "real", 1}, {nil, ok, "virtual", 0}} {
		dir := filepath.Join(t.TempDir(), "out")
		args := []string{"load", "--people", "120", "--phases", "onboard,push", "--rate", "0", "--dialect", "oin", "--knob", "patchBatch=101", "--out", dir}
		for _, name := range tt.limits {
			args = append(args, "--limit", name)
		}
		code, out, err := shellRun(t, args...)
		if says := "set limits for practice: " + strings.Join(tt.limits, ", "); code != tt.code || strings.Contains(out, says) != (tt.limits != nil) {
			t.Errorf("exit code %d\n%s%s", code, out, err)
		}
		keepsItsSchema(t, dir)
		seen, problem := evidence.Open(dir)
		if problem != nil {
			t.Fatal(problem)
		}
		load, problem := evidence.ReadLoad(dir)
		if problem != nil || !slices.Equal(load.Asked.Limits, tt.limits) || load.Run.Clock != tt.clock || seen.Run.Clock != tt.clock {
			t.Errorf("%v %v %s, and at its beginning %s", problem, load.Asked.Limits, load.Run.Clock, seen.Run.Clock)
		}
		if refused := load.Phases[1].People.Refused; refused != tt.refused {
			t.Errorf("want %d pushes refused, since one group is that large, got %d", tt.refused, refused)
		}
	}
}

// Whoever looks for a limit finds each in the help of both verbs and in the README, and
// sees each met by a crowd with make.
func TestEachLimitIsNamed(t *testing.T) {
	_, serve, _ := shellRun(t, "serve", "target", "--help")
	_, load, _ := shellRun(t, "load", "--help")
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range limit.All() {
		for where, text := range map[string]string{"serve target --help": serve, "load --help": load, "README.md": readme(t)} {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), l.Name) {
				t.Errorf("%s does not name %s", where, l.Name)
			}
		}
		if !strings.Contains(string(makefile), "--limit "+l.Name) {
			t.Errorf("make load-limits does not show %s", l.Name)
		}
	}
}
