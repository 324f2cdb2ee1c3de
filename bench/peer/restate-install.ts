import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESTATE_FOLDER } from '../package-root';

export type RestateInstall = { ok: true; binary: string; version: string } | { ok: false; why: string };

const INSTALL_PATIENCE_MS = 5 * 60_000;
let known: RestateInstall | null = null;

/** Restate in bench/restate, installed as its lock file says when it is not there. Tried once a run. */
export function installRestate(): RestateInstall {
  known ??= find() ?? install();
  return known;
}

function install(): RestateInstall {
  console.log('Restate is missing: installing it into bench/restate (npm ci) …');
  const script = process.env.npm_execpath;
  const [command, ...first] = script ? [process.execPath, script] : ['npm'];
  const args = [...first, 'ci', '--no-audit', '--no-fund', '--ignore-scripts'];
  const env = { ...process.env, npm_config_loglevel: 'notice' };
  const result = spawnSync(command, args, { cwd: RESTATE_FOLDER, env, stdio: 'inherit', timeout: INSTALL_PATIENCE_MS });
  const found = find();
  if (result.status === 0 && found) return found;
  const cause = result.error?.message ?? `npm ci ended with status ${result.status}`;
  return { ok: false, why: `Restate could not be installed into bench/restate (${cause})` };
}

function find(): RestateInstall | null {
  const folder = join(RESTATE_FOLDER, 'node_modules', '@restatedev');
  const binary = join(folder, `restate-server-${process.platform}-${process.arch}`, 'bin', 'restate-server');
  const manifest = join(folder, 'restate-server', 'package.json');
  if (!existsSync(binary) || !existsSync(join(folder, 'restate-sdk')) || !existsSync(manifest)) return null;
  return { ok: true, binary, version: (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version };
}
