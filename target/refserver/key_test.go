package refserver_test

import (
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/target/refserver"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// Ten thousand keys are all different, each carries at least 128 random bits in
// letters that a URL can have, and no place of a key prefers a letter: the statistic
// of each place, with 31 degrees of freedom, stays below what chance exceeds once in
// some 10^12 times.
func TestKeysAreRandom(t *testing.T) {
	const keys, letters = 10_000, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	seen := map[string]bool{}
	counts := [26][256]int{}
	for range keys {
		key := strings.TrimPrefix(refserver.NewKey(), refserver.KeyPrefix)
		if seen[key] || len(key) < len(counts) || strings.Trim(key, letters) != "" {
			t.Fatalf("the key %q is there twice, is short, or has other letters", key)
		}
		seen[key] = true
		for at := range counts {
			counts[at][key[at]]++
		}
	}
	for at, count := range counts {
		chi := 0.0
		for _, letter := range letters {
			off := float64(count[letter]) - keys/32.0
			chi += off * off / (keys / 32.0)
		}
		if chi > 120 {
			t.Errorf("place %d prefers some letters: %.0f", at, chi)
		}
	}
}

// Of a key its digest is kept, from the shortcut and from a saved draft, and nothing
// else.
func TestOnlyADigestIsKept(t *testing.T) {
	kept := store.NewMemory()
	s, okta := newTenant(t), newIDP(t, "drafted")
	okta.assigned["admin"] = `{}`
	s.server = refserver.New(refserver.Config{AdminToken: adminToken, Store: kept})
	keys := map[string]string{"plain": s.admin("POST", "/iams", `{"display_name":"plain"}`).is(201).text("scim_key")}
	p := s.page("/drafts", okta.form("Drafted", `"scim_enabled":true`))
	keys["drafted"] = p.at("GET", "", "").text("scim_key")
	p.connect().is(200)
	p.logIn("admin").is(200)
	p.save().is(201)
	for id, key := range keys {
		m, err := kept.IAM(t.Context(), id)
		if err != nil || m.KeyDigest != sha256.Sum256([]byte(key)) || strings.Contains(fmt.Sprintf("%+v", m), strings.TrimPrefix(key, refserver.KeyPrefix)) {
			t.Errorf("%s: %v, kept as %+v", id, err, m)
		}
	}
}

// A credential is compared in one place, in constant time: nowhere else does the
// source hold a digest or a token against anything.
func TestCredentialsAreComparedInOnePlace(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	constant := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if n.Sel.Name == "ConstantTimeCompare" {
					constant++
				}
			case *ast.BinaryExpr:
				if (n.Op == token.EQL || n.Op == token.NEQ) && (secret(n.X) && !empty(n.Y) || secret(n.Y) && !empty(n.X)) {
					t.Errorf("%s: a credential is compared by %s", set.Position(n.Pos()), n.Op)
				}
			}
			return true
		})
	}
	if constant != 1 {
		t.Errorf("%d places compare in constant time, want 1", constant)
	}
}

// secret says whether an expression is a credential, or made of a request's.
func secret(e ast.Expr) bool {
	if call, ok := e.(*ast.CallExpr); ok {
		e = call.Fun
	}
	name := ""
	switch e := e.(type) {
	case *ast.SelectorExpr:
		name = e.Sel.Name
	case *ast.Ident:
		name = e.Name
	}
	return slices.Contains([]string{"KeyDigest", "AdminToken", "bearer", "password"}, name)
}

func empty(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && lit.Value == `""`
}
