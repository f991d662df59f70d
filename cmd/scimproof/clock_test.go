package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// worldly is what makes a run depend on when, where or how often it is run.
var worldly = map[string][]string{
	"time":    {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
	"context": {"WithTimeout", "WithTimeoutCause", "WithDeadline", "WithDeadlineCause"},
	// All of these.
	"crypto/rand": nil, "math/rand": nil, "math/rand/v2": nil, "hash/maphash": nil,
	"github.com/google/uuid": nil, "golang.org/x/time/rate": nil,
}

// inMock is where the mock meets the world, and why. All else there is handed its
// clock and its ids, and draws from the seed.
var inMock = map[string]string{
	"mockokta Start: time.Now":              "the one reading of the clock: everybody else is handed it",
	"mockokta Start: crypto/rand.Text":      "a token and the mark of this Okta's ids, where the caller gave none, and the key of its other secrets",
	"mockokta/scim newWait: time.AfterFunc": "silence of a real target is noticed in real time: Okta's 60 s",
}

func TestTheMockMeetsTheWorldInNamedPlaces(t *testing.T) {
	root := filepath.Join("..", "..")
	met := map[string]bool{}
	err := filepath.WalkDir(filepath.Join(root, "mockokta"), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		room, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		for _, place := range meetings(parsed) {
			met[filepath.ToSlash(room)+" "+place] = true
		}
		return nil
	})
	require.NoError(t, err)
	for place := range met {
		if inMock[place] == "" {
			t.Errorf("%s: the mock is handed its clock, its waits and its randomness", place)
		}
	}
	for place := range inMock {
		if !met[place] {
			t.Errorf("%s is allowed, and is not there", place)
		}
	}
}

// meetings are the places of a file that mention what is worldly, called or not, as
// "function: package.Name".
func meetings(file *ast.File) []string {
	imported := map[string]string{} // package by the name that the file has for it
	var found []string
	for _, spec := range file.Imports {
		of, _ := strconv.Unquote(spec.Path.Value)
		if _, is := worldly[of]; !is {
			continue
		}
		name := path.Base(strings.TrimSuffix(of, "/v2"))
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "." || name == "_" {
			found = append(found, fmt.Sprintf("import %s: %s", name, of))
		}
		imported[name] = of
	}
	for _, declared := range file.Decls {
		where := "outside functions"
		if f, is := declared.(*ast.FuncDecl); is {
			where = f.Name.Name
		}
		ast.Inspect(declared, func(n ast.Node) bool {
			s, _ := n.(*ast.SelectorExpr)
			if s == nil {
				return true
			}
			x, _ := s.X.(*ast.Ident)
			if x == nil || imported[x.Name] == "" {
				return true
			}
			of := imported[x.Name]
			if worldly[of] == nil || slices.Contains(worldly[of], s.Sel.Name) {
				found = append(found, fmt.Sprintf("%s: %s.%s", where, of, s.Sel.Name))
			}
			return true
		})
	}
	return found
}

func TestWhatIsWorldlyIsFoundHoweverItIsWritten(t *testing.T) {
	for name, tt := range map[string]struct{ source, want string }{
		"a call":                  {`import "time"; func f() { _ = time.Now() }`, "f: time.Now"},
		"a value":                 {`import "time"; func (e *engine) f() { e.now = time.Now }`, "f: time.Now"},
		"a variable of a package": {`import "time"; var now = time.Now`, "outside functions: time.Now"},
		"another name":            {`import clock "time"; func f() { clock.Sleep(1) }`, "f: time.Sleep"},
		"no name":                 {`import . "time"; func f() { Sleep(1) }`, "import .: time"},
		"the time since":          {`import "time"; func f(t time.Time) { _ = time.Since(t) }`, "f: time.Since"},
		"a closure":               {`import "time"; func f() { _ = func() { <-time.After(1) } }`, "f: time.After"},
		"a deadline":              {`import "context"; func f(c context.Context) { context.WithTimeout(c, 1) }`, "f: context.WithTimeout"},
		"global randomness":       {`import "math/rand/v2"; func f() { _ = rand.IntN(2) }`, "f: math/rand/v2.IntN"},
		"good randomness":         {`import "crypto/rand"; func f() { _ = rand.Text() }`, "f: crypto/rand.Text"},
	} {
		t.Run(name, func(t *testing.T) {
			parsed, err := parser.ParseFile(gotoken.NewFileSet(), "planted.go", "package planted; "+tt.source, parser.SkipObjectResolution)
			require.NoError(t, err)
			require.Equal(t, []string{tt.want}, meetings(parsed))
		})
	}
	harmless, err := parser.ParseFile(gotoken.NewFileSet(), "harmless.go", `package harmless
		import "time"
		func f(at time.Time, d time.Duration) bool { return at.Add(time.Second).After(time.Unix(0, 0)) }`, parser.SkipObjectResolution)
	require.NoError(t, err)
	require.Empty(t, meetings(harmless))
}
