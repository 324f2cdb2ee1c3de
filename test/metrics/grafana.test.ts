import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { startInstance } from '../support/instance';
import { readPrometheusText } from '../support/prometheus-text';

const FOLDER = join(__dirname, '..', '..', 'docs', 'grafana');

interface Target {
  expr: string;
  datasource: { uid: string };
  refId: string;
}
interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { type: string; uid: string };
  targets?: Target[];
}
interface Dashboard {
  __inputs: { name: string; pluginId: string }[];
  __requires: { type: string; id: string }[];
  schemaVersion: number;
  templating: { list: { name: string; query: unknown }[] };
  panels: Panel[];
}
interface Rules {
  groups: { name: string; rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[];
}

const dashboard = JSON.parse(readFileSync(join(FOLDER, 'onward-dashboard.json'), 'utf8')) as Dashboard;
const { groups } = parse(readFileSync(join(FOLDER, 'alerts.yaml'), 'utf8')) as Rules;
const rules = groups.flatMap((group) => group.rules);

/** What stands in place of Grafana's variables. */
const plain = (expr: string) => expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$(job|mode)\b/g, '.*');
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ where: title, expr: plain(expr) })),
);
const all = [...queries, ...rules.map(({ alert, expr }) => ({ where: alert, expr }))];

/** The names of the metrics in a query; throws where it does not parse. */
function metricsIn(expr: string): string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${expr}`);
      if (node.name !== 'VectorSelector') return;
      const identifier = node.node.getChild('Identifier');
      if (!identifier) throw new Error(`a selector without a name: ${expr}`);
      names.push(expr.slice(identifier.from, identifier.to));
    },
  });
  return names;
}

test('every query of the dashboard and of the alerts is PromQL', () => {
  expect(queries.length).toBeGreaterThan(40);
  expect(rules.length).toBeGreaterThan(8);
  for (const { expr } of all) expect(metricsIn(expr).length).toBeGreaterThan(0);
});

test('a query that is none is seen', () => {
  for (const broken of ['sum(rate(up[5m])', 'rate(up[5m]) by (job)', 'up{job=}', '']) {
    expect(() => {
      if (metricsIn(broken).length === 0) throw new Error('no metric');
    }).toThrow();
  }
});

test('every metric that they name is one that a running Onward shows', async () => {
  const server = await startInstance();
  const text = await fetch(`${server.url}/metrics`).then((response) => response.text());
  await server.stop();
  const shown = new Set<string>();
  for (const { name, type } of readPrometheusText(text)) {
    shown.add(name);
    if (type === 'histogram') for (const suffix of ['_bucket', '_sum', '_count']) shown.add(name + suffix);
  }
  const missing = all.flatMap(({ where, expr }) =>
    metricsIn(expr)
      .filter((name) => !shown.has(name))
      .map((name) => `${where}: ${name}`),
  );
  expect(missing).toEqual([]);
}, 30_000);

describe('the dashboard', () => {
  test('asks for its data source when it is imported, and uses no other', () => {
    expect(dashboard.__inputs).toMatchObject([{ name: 'DS_PROMETHEUS', pluginId: 'prometheus' }]);
    const used = dashboard.panels.flatMap(({ datasource, targets = [] }) => [
      ...(datasource ? [datasource.uid] : []),
      ...targets.map((target) => target.datasource.uid),
    ]);
    expect(new Set(used)).toEqual(new Set(['$' + '{DS_PROMETHEUS}']));
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
    const declared = dashboard.__requires.filter(({ type }) => type === 'panel').map(({ id }) => id);
    const types = new Set(dashboard.panels.map(({ type }) => type).filter((type) => type !== 'row'));
    expect(new Set(declared)).toEqual(types);
  });

  test('has panels with IDs and places of their own, within the 24 columns', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      const { x, y, w, h } = gridPos;
      expect(x >= 0 && w > 0 && h > 0 && x + w <= 24).toBe(true);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          const cell = `${column}/${line}`;
          expect(taken.get(cell) ?? title).toBe(title);
          taken.set(cell, title);
        }
      }
    }
  });

  test('has a query in each panel, each under a letter of its own', () => {
    for (const { type, targets = [] } of dashboard.panels) {
      if (type === 'row') continue;
      expect(targets.length).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });
});

test('each alert has a name of its own and says what to do', () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { annotations } of rules) {
    expect(annotations.summary).toMatch(/\.$/);
    expect(annotations.description?.length).toBeGreaterThan(20);
  }
});
