package mockokta

import (
	"context"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// importNow reads an application's target, and passes on what that means for others.
func (o *org) importNow(ctx context.Context, app directory.AppID) (directory.ImportResult, error) {
	ctx, done := o.untilClosed(ctx)
	defer done()
	e := o.engine(app)
	result, elsewhere, err := e.Import(ctx)
	if err != nil {
		return result, err
	}
	concerned, err := o.submit(elsewhere)
	if err != nil {
		return result, err
	}
	return result, o.followed(ctx, append(concerned, e)...)
}

func (o *org) compare(ctx context.Context, app directory.AppID) (directory.Discrepancies, error) {
	ctx, done := o.untilClosed(ctx)
	defer done()
	return o.engine(app).Compare(ctx)
}

func (o *org) personOf(app directory.AppID, account string) (directory.PersonID, bool) {
	return o.engine(app).PersonOf(account)
}
