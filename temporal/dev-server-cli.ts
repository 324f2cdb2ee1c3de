import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { installCli, type Place } from './dev-server-install';
import { downloadCli, goInstallCli, type Report, type Route } from './dev-server-routes';

/** Brings server 1.29.1. The newest that `go install` takes: the 1.9 releases have a replace directive in go.mod. */
const CLI_VERSION = '1.5.1';
const BINARY = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
const ANSWERS_WITHIN_MS = 20_000;

interface Search {
  env?: NodeJS.ProcessEnv;
  /** Ways to get it where it is not installed, tried in this order. */
  routes?: readonly Route[];
}

/**
 * The Temporal CLI, whose `server start-dev` is a whole server: the one on the PATH, the one in the cache folder, or
 * else downloaded, or else built with Go (about 2.5 minutes), and kept in the cache folder from then on.
 * @param report is given what is being done and, every 10 s, that it still goes on
 * @returns its path; null where none can be had, after a line that says why and how to mend it
 */
export async function findTemporalCli(report: Report, search: Search = {}): Promise<string | null> {
  const { env = process.env, routes = [downloadCli, goInstallCli] } = search;
  for (const file of places(env)) {
    if (!isExecutable(file)) continue;
    if (await isTemporal(file)) return file;
    report(`${file} does not run as the Temporal CLI: looking for another.`);
  }
  return installCli(cache(env), { routes, env, report, works: isTemporal });
}

/**
 * What findTemporalCli takes without installing anything: where ONWARD_TEMPORAL_CLI points (so `npm test` hands over
 * what it found), on the PATH, or in the cache folder. Null where there is none.
 */
export function installedTemporalCli(env: NodeJS.ProcessEnv = process.env): string | null {
  return places(env).find(isExecutable) ?? null;
}

function places(env: NodeJS.ProcessEnv): string[] {
  const folders = (env.PATH ?? '').split(delimiter).filter(isAbsolute);
  const given = env.ONWARD_TEMPORAL_CLI ? [env.ONWARD_TEMPORAL_CLI] : [];
  return [...given, ...folders.map((folder) => join(folder, BINARY)), cache(env).file];
}

function cache(env: NodeJS.ProcessEnv): Place {
  // A relative path is to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/
  const given = env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : null;
  const folder = join(given ?? join(env.HOME || homedir(), '.cache'), 'onward');
  return { folder, version: CLI_VERSION, file: join(folder, `temporal-cli-${CLI_VERSION}`, BINARY) };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Not so a binary of another machine, or another program of that name. */
async function isTemporal(file: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(file, ['--version'], { timeout: ANSWERS_WITHIN_MS });
    return /^temporal version .*Server/.test(stdout);
  } catch {
    return false;
  }
}
