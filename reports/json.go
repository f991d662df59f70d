package reports

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/scimproof/scimproof/reports/evidence"
)

// ResultSchema is the JSON Schema of result.json.
//
//go:embed result.schema.json
var ResultSchema []byte

// JSON renders a report as result.json. Whoever prints the file is not acted on by
// what the target said.
func JSON(r Report) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return nil, fmt.Errorf("render result.json: %w", err)
	}
	return evidence.InertJSON(out.Bytes()), nil
}
