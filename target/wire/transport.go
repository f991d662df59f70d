package wire

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// Transport returns a transport as a wire wants it: HTTP/1.1 also over TLS, as
// Okta speaks it; no compression that nobody asked for; and no proxy, whatever
// the environment says, since a proxy would put its own answers into the
// evidence. A target behind one is reached by giving Config.Base.
//
// It waits 10 s for a connection, and for the answer as long as the request's
// context does. nil means TLS by the system's roots.
func Transport(config *tls.Config) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		TLSClientConfig:        config,
		Protocols:              protocols,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
	}
}
