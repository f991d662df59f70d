package main

import (
	"fmt"

	"github.com/scimproof/scimproof/target/limit"
)

// limited sets limits to our own server.
type limited struct {
	Limit []string `placeholder:"NAME" help:"A limit of a real service's, or slowness, to practise on; may be repeated: changes-100, writes-180-a-minute, concurrent-500, members-8000, slow-200ms or stalls-2s-every-30s. Of our own server alone."`
}

func (l limited) limits() (limit.Limits, error) {
	limits, err := limit.Of(l.Limit...)
	if err != nil {
		return limit.Limits{}, fmt.Errorf("--limit: %w", err)
	}
	return limits, nil
}
