package management

import (
	"context"
	"net/http"
	"net/url"
)

// An Event is an entry of the System Log.
type Event struct {
	Type    string `json:"eventType"`
	Outcome struct {
		Result string `json:"result"` // SUCCESS, FAILURE
		Reason string `json:"reason"`
	} `json:"outcome"`
	Targets []struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	} `json:"target"`
}

// Log returns the events that a filter lets through, such as
// `eventType eq "application.user_membership.add" and target.id eq "00u…"`, oldest
// first; an empty filter lets everything through.
func (c *Client) Log(ctx context.Context, filter string) ([]Event, error) {
	var all []Event
	where := "/api/v1/logs?limit=1000"
	if filter != "" {
		where += "&filter=" + url.QueryEscape(filter)
	}
	for { // there is a next page always: an empty one is the last
		var page []Event
		header, err := c.exchange(ctx, http.MethodGet, where, nil, &page)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if where = next(header); len(page) == 0 || where == "" {
			return all, nil
		}
	}
}
