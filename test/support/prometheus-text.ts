/** A family of metrics as `/metrics` shows it. */
export interface Family {
  name: string;
  type: 'counter' | 'gauge' | 'histogram' | 'summary';
  help: string;
  samples: Sample[];
}

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const TYPES = ['counter', 'gauge', 'histogram', 'summary'];
const SUFFIXES: Record<string, readonly string[]> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads Prometheus text as strictly as Prometheus itself, and a little more: each family once, with help and type before
 * its samples, no sample twice, histograms whole.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function readPrometheusText(text: string): Family[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let help: { name: string; text: string } | null = null;
  let family: Family | null = null;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const comment = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line);
    if (comment) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') help = { name, text: rest };
      else family = begin(families, name, rest, help);
      continue;
    }
    if (line.startsWith('#')) continue;
    const sample = readSample(line);
    const allowed = SUFFIXES[family?.type ?? ''] ?? [''];
    if (!family || !allowed.some((suffix) => family?.name + suffix === sample.name)) {
      throw new Error(`${sample.name} stands under no type of its own`);
    }
    const identity = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
    if (seen.has(identity)) throw new Error(`${identity} stands twice`);
    seen.add(identity);
    family.samples.push(sample);
  }
  for (const one of families.values()) if (one.type === 'histogram') judgeHistogram(one);
  return [...families.values()];
}

function begin(
  families: Map<string, Family>,
  name: string,
  type: string,
  help: { name: string; text: string } | null,
): Family {
  if (!NAME.test(name)) throw new Error(`${name} is no name`);
  if (!TYPES.includes(type)) throw new Error(`${name} has the type ${type}`);
  if (families.has(name)) throw new Error(`${name} stands twice`);
  if (help?.name !== name || help.text === '') throw new Error(`${name} is not explained`);
  const family: Family = { name, type: type as Family['type'], help: help.text, samples: [] };
  families.set(name, family);
  return family;
}

function readSample(line: string): Sample {
  const [, name = '', , inner = '', number = ''] = /^([^\s{]+)(\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (!NAME.test(name)) throw new Error(`not a sample: ${line}`);
  const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number);
  // Prometheus reads it in any case, and prom-client writes “Nan”.
  if (number === '' || (Number.isNaN(value) && !/^nan$/i.test(number))) throw new Error(`not a number: ${line}`);
  const labels: Record<string, string> = {};
  let rest = inner;
  while (rest !== '') {
    const found = /^([^=]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(rest);
    const [all = '', label = '', text = ''] = found ?? [];
    if (!LABEL.test(label) || Object.hasOwn(labels, label)) throw new Error(`not a label: ${line}`);
    labels[label] = text;
    rest = rest.slice(all.length);
  }
  return { name, labels, value };
}

/** Buckets grow, and the last has what is counted. */
function judgeHistogram({ name, samples }: Family): void {
  const series = new Map<string, { buckets: [number, number][]; count: number | null }>();
  for (const { name: full, labels, value } of samples) {
    const { le, ...others } = labels;
    const key = JSON.stringify(Object.entries(others).sort());
    const found = series.get(key) ?? { buckets: [], count: null };
    series.set(key, found);
    if (full === `${name}_bucket`) found.buckets.push([le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), value]);
    if (full === `${name}_count`) found.count = value;
  }
  for (const { buckets, count } of series.values()) {
    const inOrder = buckets.every(([bound, value], index) => {
      const [boundBefore, before] = buckets[index - 1] ?? [Number.NEGATIVE_INFINITY, 0];
      return bound > boundBefore && value >= before;
    });
    const last = buckets[buckets.length - 1];
    if (!inOrder || last?.[0] !== Number.POSITIVE_INFINITY || last[1] !== count)
      throw new Error(`${name} is not whole`);
  }
}
