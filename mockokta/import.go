package mockokta

import (
	"context"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// importNow reads an application's target, and passes on what the directory made of it.
func (o *org) importNow(ctx context.Context, app directory.AppID) (directory.ImportResult, error) {
	ctx, done := o.untilClosed(ctx)
	defer done()
	result, effects, err := o.engine(app).Import(ctx)
	if err != nil {
		return result, err
	}
	return result, o.changed(ctx, effects)
}

func (o *org) compare(ctx context.Context, app directory.AppID) (directory.Discrepancies, error) {
	ctx, done := o.untilClosed(ctx)
	defer done()
	return o.engine(app).Compare(ctx)
}

func (o *org) links(app directory.AppID) directory.Links { return o.engine(app).Links() }
