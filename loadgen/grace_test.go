package loadgen

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAGraceBeginsWhenTheRunIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		soft, interrupt := context.WithCancel(t.Context())
		hard, release := withGrace(soft, 5*time.Second)
		defer release()
		<-time.After(time.Hour)
		interrupt()
		synctest.Wait()
		assert.NoError(t, hard.Err())
		interrupted := time.Now()
		<-hard.Done()
		assert.Equal(t, 5*time.Second, time.Since(interrupted))
	})
}
