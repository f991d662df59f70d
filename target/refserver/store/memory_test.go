package store_test

import (
	"testing"

	"github.com/scimproof/scimproof/target/refserver/store"
	"github.com/scimproof/scimproof/target/refserver/store/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func() store.Store { return store.NewMemory() })
}
