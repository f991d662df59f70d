package reports

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
)

// The page's parts. Style and script are trusted text of ours; nothing is ever
// put into them.
var (
	//go:embed page/page.html
	pageLayout string
	//go:embed page/page.css
	pageStyle string
	//go:embed page/page.js
	pageScript string

	pageTemplate = template.Must(template.New("page").Parse(pageLayout))
)

// HTML renders a report as one page that needs nothing else: no server, no
// network, no script to be read. The script that is in it only filters.
//
// Whatever the target said is text in it. Three things see to that: the template
// escapes by context; the page's own policy lets no style or script run but those
// whose hash it names, and loads nothing; and what is not printable is made
// visible in the finished page, where it can only be the target's.
func HTML(r Report, read Transcripts) ([]byte, error) {
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, newDocument(r, read)); err != nil {
		return nil, fmt.Errorf("render report.html: %w", err)
	}
	return inertPage(out.String()), nil
}

// inertPage makes visible what is not printable in a finished page.
func inertPage(finished string) []byte {
	var page strings.Builder
	page.Grow(len(finished) + len(finished)/16)
	for line := range strings.Lines(finished) {
		page.WriteString(inert(strings.TrimSuffix(line, "\n")))
		page.WriteByte('\n')
	}
	return []byte(page.String())
}

// policy is the page's Content-Security-Policy. Links still work: they are for a
// person to follow.
func policy() string {
	return fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", hashOf(pageStyle), hashOf(pageScript))
}

func hashOf(inline string) string {
	sum := sha256.Sum256([]byte(inline))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
