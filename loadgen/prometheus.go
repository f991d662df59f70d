package loadgen

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/scimproof/scimproof/loadgen/crowd"
)

// Prometheus counts what happens in a run for a Prometheus that scrapes it meanwhile.
// It is a Witness, and an http.Handler that tells what it has counted. Its labels are
// phases, kinds, kinds of request, statuses and fates, which are few; never an address,
// of which there are as many as accounts.
//
// Its histograms are coarse, as Prometheus has them: the figures to quote are those of
// load.json.
type Prometheus struct {
	http.Handler
	begun, ended, requests *prometheus.CounterVec
	inFlight               prometheus.Gauge
	response, service      *prometheus.HistogramVec
}

// NewPrometheus has counted nothing yet.
func NewPrometheus() *Prometheus {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "scimproof_load", Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "scimproof_load", Name: name, Help: help,
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 18), // 0.5 ms to 65 s
		}, labels)
	}
	p := &Prometheus{
		begun:    counter("dialogues_begun_total", "Dialogues that have begun: a dialogue is about a person or a group.", "phase", "kind"),
		ended:    counter("dialogues_ended_total", "Dialogues that have ended, by what became of them.", "phase", "kind", "fate"),
		requests: counter("requests_total", "Requests by kind and HTTP status; none for an answer that never came.", "operation", "status"),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "scimproof_load", Name: "dialogues_in_flight", Help: "Dialogues that have begun and not ended."}),
		response: histogram("dialogue_response_seconds", "From when a dialogue was due to its last byte, of those that were answered to their end.", "phase", "kind"),
		service:  histogram("request_service_seconds", "From sending a request to the last byte of its answer.", "operation"),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(p.begun, p.ended, p.requests, p.inFlight, p.response, p.service)
	p.Handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return p
}

func (p *Prometheus) Begins(phase crowd.Phase, kind crowd.Kind) {
	p.begun.WithLabelValues(string(phase), string(kind)).Inc()
	p.inFlight.Inc()
}

func (p *Prometheus) Answered(operation string, status int, took time.Duration) {
	p.requests.WithLabelValues(operation, statusName(status)).Inc()
	if status != 0 {
		p.service.WithLabelValues(operation).Observe(took.Seconds())
	}
}

func (p *Prometheus) Ended(e Ended) {
	p.ended.WithLabelValues(string(e.Phase), string(e.Kind), e.Fate).Inc()
	p.inFlight.Dec()
	if e.Fate == done.String() || e.Fate == refused.String() {
		p.response.WithLabelValues(string(e.Phase), string(e.Kind)).Observe(e.Took.Seconds())
	}
}
