package loadgen

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// A conduct is an error that is the target's own: it was there, and answered what
// SCIM does not allow at that place, or did not answer when it was asked again.
// Everything else is the network's, or ours, and says nothing of the target.
type conduct struct{ error }

func (c *conduct) Unwrap() error { return c.error }

func isConduct(err error) bool {
	var (
		own        *conduct
		unreadable *target.Unreadable
	)
	return errors.As(err, &own) || errors.Is(err, wire.ErrTooLong) ||
		errors.As(err, &unreadable) && unreadable.Status != http.StatusTooManyRequests
}

// busy is an error where a target has said 429 as often as it is asked, which says nothing
// of what it holds.
func busy(look target.Look) error {
	if look.Status != http.StatusTooManyRequests {
		return nil
	}
	return fmt.Errorf("%w: it answers with 429 again and again", errThrottled)
}

// twice asks once more where the target took the connection and then dropped it,
// or said nothing: the same again is its conduct.
func twice(ask func() error) error {
	err := ask()
	if !dropped(err) {
		return err
	}
	if err = ask(); dropped(err) {
		return &conduct{err}
	}
	return err
}

func dropped(err error) bool {
	var trouble *wire.Trouble
	return errors.As(err, &trouble) && (trouble.Kind == wire.Dropped || trouble.Kind == wire.Silent)
}

// tooLong: more came than is read of one answer.
func tooLong(err error) bool {
	var unreadable *target.Unreadable
	return errors.Is(err, wire.ErrTooLong) || errors.As(err, &unreadable) && unreadable.Long
}
