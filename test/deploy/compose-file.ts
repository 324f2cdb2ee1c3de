import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const ROOT = join(__dirname, '..', '..');
export const COMPOSE_TEXT = readFileSync(join(ROOT, 'docker-compose.temporal.yml'), 'utf8');

/** What the tests look at of a service; test/deploy/compose-spec/schema.json has the rest. */
export interface ComposeService {
  image: string;
  build?: string;
  command?: string[];
  entrypoint?: string[];
  restart?: string;
  environment?: Record<string, string | number>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
}

/**
 * The compose file with the variables of `env` put in, as `docker compose config` does it.
 * @throws Error with the text after `:?` for a variable that is missing
 */
export function readCompose(env: Record<string, string>): ComposeFile {
  return filled(parse(COMPOSE_TEXT, { merge: true }), env) as ComposeFile;
}

function filled(value: unknown, env: Record<string, string>): unknown {
  if (typeof value === 'string') return fillIn(value, env);
  if (Array.isArray(value)) return value.map((item) => filled(item, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filled(item, env)]));
}

/** The two forms that the file keeps to. https://docs.docker.com/reference/compose-file/interpolation/ */
function fillIn(text: string, env: Record<string, string>): string {
  return text.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_whole, name: string, kind: string, rest: string) => {
    if (env[name]) return env[name];
    if (kind === '?') throw new Error(`required variable ${name} is missing a value: ${rest}`);
    return rest;
  });
}
