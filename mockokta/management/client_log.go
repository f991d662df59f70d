package management

import (
	"context"
	"fmt"
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
		Name string `json:"displayName"`
	} `json:"target"`
}

// Log returns the events that a filter lets through, such as
// `eventType eq "application.user_membership.add" and target.id eq "00u…"`, oldest
// first; an empty filter lets everything through.
func (c *Client) Log(ctx context.Context, filter string) ([]Event, error) {
	var all []Event
	const most = 1000
	where := fmt.Sprintf("/api/v1/logs?limit=%d", most)
	if filter != "" {
		where += "&filter=" + url.QueryEscape(filter)
	}
	for { // there is a next page always, for who polls: the first that is not full is the last
		var page []Event
		header, err := c.exchange(ctx, http.MethodGet, where, nil, &page)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if where = next(header); len(page) < most || where == "" {
			return all, nil
		}
	}
}
