/** Names, help texts and buckets of Kong's metrics (kong/plugins/prometheus/exporter.lua). */
type CounterName = 'kong_http_requests_total' | 'kong_bandwidth_bytes';
const counters: Readonly<Record<CounterName, string>> = {
  kong_http_requests_total: 'HTTP status codes per consumer/service/route in Kong',
  kong_bandwidth_bytes: 'Total bandwidth (ingress/egress) throughput in bytes',
};
const slow: readonly number[] = [25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10_000, 30_000, 60_000];
type HistogramName = 'kong_kong_latency_ms' | 'kong_upstream_latency_ms' | 'kong_request_latency_ms';
const histograms: Readonly<Record<HistogramName, { readonly help: string; readonly buckets: readonly number[] }>> = {
  kong_kong_latency_ms: {
    help: 'Latency added by Kong and enabled plugins for each service/route in Kong',
    buckets: [1, 2, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 750, 1000],
  },
  kong_upstream_latency_ms: { help: 'Latency added by upstream response for each service/route in Kong', buckets: slow },
  kong_request_latency_ms: { help: 'Total latency incurred during requests for each service/route in Kong', buckets: slow },
};

/** In the order in which they are shown. */
type Labels = readonly (readonly [name: string, value: string])[];
interface Spread {
  /** One for each bucket, and one for what is larger. */
  readonly counts: number[];
  sum: number;
}

/** What has been counted since the start, for Prometheus to read. */
export class Metrics {
  readonly #counted = new Map<string, Map<string, number>>();
  readonly #observed = new Map<string, Map<string, Spread>>();

  count(name: CounterName, labels: Labels, by: number): void {
    const series = within(this.#counted, name);
    const key = textOf(labels);
    series.set(key, (series.get(key) ?? 0) + by);
  }

  observe(name: HistogramName, labels: Labels, value: number): void {
    const { buckets } = histograms[name];
    const series = within(this.#observed, name);
    const key = textOf(labels);
    const spread = series.get(key) ?? { counts: Array.from({ length: buckets.length + 1 }, () => 0), sum: 0 };
    series.set(key, spread);
    const at = buckets.findIndex((bucket) => value <= bucket);
    spread.counts[at < 0 ? buckets.length : at] = (spread.counts[at < 0 ? buckets.length : at] ?? 0) + 1;
    spread.sum += value;
  }

  /** In the text format of Prometheus, by name. */
  render(): string {
    const lines = [
      '# HELP kong_datastore_reachable Datastore reachable from Kong, 0 is unreachable',
      '# TYPE kong_datastore_reachable gauge',
      'kong_datastore_reachable 1',
    ];
    for (const [name, help] of Object.entries(counters)) {
      const series = this.#counted.get(name);
      if (series === undefined) continue;
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
      for (const [labels, value] of sorted(series)) lines.push(`${name}{${labels}} ${value}`);
    }
    for (const [name, { help, buckets }] of Object.entries(histograms)) {
      const series = this.#observed.get(name);
      if (series === undefined) continue;
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} histogram`);
      for (const [labels, { counts, sum }] of sorted(series)) {
        let total = 0;
        for (const [at, count] of counts.entries()) {
          total += count;
          lines.push(`${name}_bucket{${labels},le="${buckets[at] ?? '+Inf'}"} ${total}`);
        }
        lines.push(`${name}_count{${labels}} ${total}`, `${name}_sum{${labels}} ${sum}`);
      }
    }
    return `${lines.join('\n')}\n`;
  }
}

/** Where the counts of a scope are kept, across reloads. */
export const metricsKey = 'kong:prometheus';

function within<T>(all: Map<string, Map<string, T>>, name: string): Map<string, T> {
  const found = all.get(name) ?? new Map<string, T>();
  all.set(name, found);
  return found;
}
const sorted = <T>(series: ReadonlyMap<string, T>): [string, T][] => [...series].sort(([a], [b]) => (a < b ? -1 : 1));
const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
const textOf = (labels: Labels): string => labels.map(([name, value]) => `${name}="${escaped(value)}"`).join(',');
