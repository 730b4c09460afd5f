"""Samples as Prometheus reads them. Loads prometheus-client, so it is imported only where a page is served."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from watcher.metrics.gauges import Gauges
from watcher.metrics.table import COUNTER, METRICS, PREFIX, Metric
from watcher.metrics.tally import Sample, Tally

# The plain format, which every version of Prometheus reads: a reader's wishes are not asked for, so none can be odd.
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Collected(Collector):
    """Everything there is to say, read anew for each scrape."""

    def __init__(self, read: Callable[[], Iterable[Sample]]) -> None:
        self._read = read

    def collect(self) -> Iterator[Family]:
        families = {metric: _family(metric) for metric in METRICS}
        for sample in self._read():
            families[sample.metric].add_metric(sample.labels, float(sample.value))
        return (family for family in families.values() if family.samples)


def exposition(tally: Tally, gauges: Gauges) -> Callable[[], bytes]:
    """What writes the whole page of figures, each time it is called."""
    registry = CollectorRegistry()
    registry.register(_Collected(lambda: [*tally.samples(), *gauges.samples()]))
    ProcessCollector(registry=registry)
    return lambda: generate_latest(registry)


def _family(metric: Metric) -> CounterMetricFamily | GaugeMetricFamily:
    family = CounterMetricFamily if metric.kind == COUNTER else GaugeMetricFamily
    return family(PREFIX + metric.name, metric.meaning, labels=metric.labels)
