package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/reports/evidence"
)

type witnessFlags struct {
	Prometheus    string `placeholder:"ADDR" help:"Serve counts and histograms for a Prometheus at http://ADDR/metrics while the run is on; :9464 is this machine alone."`
	VegetaResults string `placeholder:"FILE" help:"Write each dialogue as one of vegeta's results, for its report and plot: from when it was due to its last byte; code 200 where Okta was content, else 0 with the reason. Some hundred bytes for each."`
}

// witnesses opens what a run is told to while it happens, besides its folder, and
// returns what closes it.
func (f witnessFlags) witnesses(sh shell, redact *evidence.Redactor) (all loadgen.Witnesses, done func() error, err error) {
	var opened []func() error
	done = func() (problem error) {
		for _, finish := range opened {
			problem = errors.Join(problem, finish())
		}
		return problem
	}
	if f.Prometheus != "" {
		counts, finish, err := metered(sh, f.Prometheus)
		if err != nil {
			return nil, nil, fmt.Errorf("--prometheus: %w", err)
		}
		all, opened = append(all, counts), append(opened, finish)
	}
	if f.VegetaResults != "" {
		results, finish, err := vegetaFile(f.VegetaResults, redact)
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("--vegeta-results: %w", err), done())
		}
		all, opened = append(all, results), append(opened, finish)
	}
	return all, done, nil
}

func vegetaFile(path string, redact *evidence.Redactor) (*loadgen.VegetaResults, func() error, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, nil, err
	}
	buffered := bufio.NewWriter(file)
	results := loadgen.NewVegetaResults(buffered, redact)
	return results, func() error {
		flushed := buffered.Flush() // a buffer that could not be written says so again
		if err := errors.Join(cmp.Or(results.Err(), flushed), file.Close()); err != nil {
			return fmt.Errorf("%s does not hold all results: %w", path, err)
		}
		return nil
	}, nil
}

// metered tells a Prometheus of the run, until it is closed. An address without a host
// is one of this machine alone.
func metered(sh shell, address string) (*loadgen.Prometheus, func() error, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, nil, fmt.Errorf("%q is no address such as 127.0.0.1:9464: %w", address, err)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(cmp.Or(host, "127.0.0.1"), port))
	if err != nil {
		return nil, nil, err
	}
	counts, routes := loadgen.NewPrometheus(), http.NewServeMux()
	routes.Handle("GET /metrics", counts)
	server := &http.Server{Handler: routes, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintf(sh.err, "The run's metrics are at http://%s/metrics until it ends.\n", listener.Addr())
	return counts, func() error {
		_ = server.Close() // it ends Serve, and whoever is still reading
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("the metrics were not served to the end: %w", err)
		}
		return nil
	}, nil
}
