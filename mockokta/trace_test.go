package mockokta_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A trace is a dialogue as a file: see testdata/traces/README.md.
type trace struct {
	base     string
	dialects []string
	said     []string // by Okta: line, headers in alphabetical order, body
	statuses []int    // of the answers
	answers  []string
	heard    []string // what was really said
}

func readTrace(t *testing.T, name string) *trace {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "traces", name+".txt"))
	require.NoError(t, err)
	tr := &trace{}
	for block := range strings.SplitSeq(strings.TrimRight(string(text), "\n"), "\n\n") {
		switch block[0] {
		case '>':
			tr.said = append(tr.said, unquoted(block))
		case '<':
			status, body, _ := strings.Cut(unquoted(block), "\n\n")
			n, err := strconv.Atoi(status)
			require.NoError(t, err)
			tr.statuses, tr.answers = append(tr.statuses, n), append(tr.answers, body)
		default:
			tr.readHead(block)
		}
	}
	require.NotEmpty(t, tr.base)
	require.Len(t, tr.answers, len(tr.said))
	return tr
}

func (tr *trace) readHead(block string) {
	for line := range strings.Lines(block) {
		switch key, value, _ := strings.Cut(strings.TrimSpace(line), ": "); key {
		case "Base":
			tr.base = value
		case "Dialect":
			tr.dialects = strings.Split(value, ", ")
		}
	}
}

// unquoted takes the mark away from the beginning of each line.
func unquoted(block string) string {
	lines := strings.Split(block, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line[1:], " ")
	}
	return strings.Join(lines, "\n")
}

// answer is the target of the trace.
func (tr *trace) answer(r *http.Request) (int, string, error) {
	text, err := asText(r)
	if err != nil {
		return 0, "", err
	}
	tr.heard = append(tr.heard, text)
	n := len(tr.heard) - 1
	if n >= len(tr.said) {
		return 0, "", fmt.Errorf("more is said than the trace has: %s %s", r.Method, r.URL)
	}
	return tr.statuses[n], tr.answers[n], nil
}

// asText is a request as a trace writes it.
func asText(r *http.Request) (string, error) {
	header := r.Header.Clone()
	header.Set("Host", r.URL.Host)
	var body string
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return "", err
		}
		body = "\n\n" + string(b)
		header.Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
	}
	text := r.Method + " " + r.URL.RequestURI()
	for _, name := range slices.Sorted(maps.Keys(header)) {
		text += "\n" + name + ": " + header.Get(name)
	}
	return text + body, nil
}
