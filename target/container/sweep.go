package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// sweep removes what runs that are gone have left: a kill -9, or a power cut. A
// run that goes on beside this one keeps what it has.
func (e *engine) sweep(ctx context.Context, log io.Writer) {
	now, here := time.Now(), thisHost()
	removed, err := e.remove(ctx, func(o owner) bool { return o.isStale(now, here, isAlive) })
	if removed > 0 {
		fmt.Fprintf(log, "container: removed what earlier runs had left: %d\n", removed)
	}
	if err != nil {
		fmt.Fprintf(log, "container: what earlier runs have left could not be removed: %v\n", err)
	}
}

// remove removes the containers and images of ours whose owner is unwanted, and
// counts them.
func (e *engine) remove(ctx context.Context, unwanted func(owner) bool) (removed int, err error) {
	ours := client.Filters{}.Add("label", labelRun)
	containers, err := e.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: ours})
	if err != nil {
		return 0, fmt.Errorf("list our containers: %w", err)
	}
	var problems []error
	count := func(err error) {
		switch {
		case err == nil:
			removed++
		case !errdefs.IsNotFound(err): // somebody was quicker
			problems = append(problems, err)
		}
	}
	for _, c := range containers.Items {
		if o, ok := ownerOf(c.Labels); ok && unwanted(o) {
			_, err := e.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{RemoveVolumes: true, Force: true})
			count(err)
		}
	}
	images, err := e.ImageList(ctx, client.ImageListOptions{Filters: ours})
	if err != nil {
		problems = append(problems, fmt.Errorf("list our images: %w", err))
	}
	for _, i := range images.Items {
		if o, ok := ownerOf(i.Labels); ok && unwanted(o) {
			_, err := e.ImageRemove(ctx, i.ID, client.ImageRemoveOptions{Force: true, PruneChildren: true})
			count(err)
		}
	}
	return removed, errors.Join(problems...)
}
