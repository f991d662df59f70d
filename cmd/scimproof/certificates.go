package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// certificates are the flags that say how a server over TLS is known, and how it
// knows us.
type certificates struct {
	CACert     string `name:"ca-cert" placeholder:"FILE" help:"Certificates (PEM) of the authority that vouches for the target. Checks are never switched off."`
	ClientCert string `placeholder:"FILE" help:"A client certificate (PEM) to show to the target."`
	ClientKey  string `placeholder:"FILE" help:"The key (PEM) of --client-cert."`
}

// tls reads the certificates; nil means the system's authorities and no
// certificate of our own.
func (c certificates) tls() (*tls.Config, error) {
	if c.CACert == "" && c.ClientCert == "" && c.ClientKey == "" {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CACert != "" {
		pem, err := os.ReadFile(c.CACert)
		if err != nil {
			return nil, fmt.Errorf("--ca-cert: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--ca-cert: %s holds no certificate in PEM", c.CACert)
		}
	}
	if (c.ClientCert == "") != (c.ClientKey == "") {
		return nil, errors.New("--client-cert and --client-key belong together")
	}
	if c.ClientCert != "" {
		pair, err := tls.LoadX509KeyPair(c.ClientCert, c.ClientKey)
		if err != nil {
			return nil, fmt.Errorf("--client-cert: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}
