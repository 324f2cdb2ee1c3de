import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs `npm ci` where node_modules is missing or is not what package-lock.json says. Ends the process if that fails. */
export function ensureInstalled(root) {
  const why = whyNotInstalled(root);
  if (!why) return;
  console.log(`${why}: installing (npm ci), this takes a minute the first time …`);
  const started = Date.now();
  const result = npm(['ci', '--include=dev', '--no-audit', '--no-fund'], root);
  if (result.error || result.status !== 0) {
    const cause = result.error ? ` (${result.error.message})` : '';
    console.error(`npm ci did not finish${cause}. Check the network and the lines above, then try again.`);
    process.exit(1);
  }
  console.log(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

/**
 * npm writes node_modules/.package-lock.json last of all, so that an interrupted install counts as missing. Versions
 * are compared and not the files' times: a fresh checkout gives every file a new one.
 */
function whyNotInstalled(root) {
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const present = lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (!present) return 'Packages are missing';
  for (const [path, locked] of Object.entries(wanted ?? {})) {
    if (path === '') continue;
    const installed = present[path];
    // An optional package for another platform is locked and never installed.
    if (installed ? installed.version !== locked.version : !locked.optional) return 'Packages have changed';
  }
  return null;
}

function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return null;
  }
}

function npm(args, cwd) {
  // Within `npm start`, npm says where it stands itself; a bare `node scripts/run.mjs` finds it on the PATH.
  const script = process.env.npm_execpath;
  const [command, ...first] = script ? [process.execPath, script] : ['npm'];
  // A caller's --silent is about our lines and not about an install that fails.
  const env = { ...process.env, npm_config_loglevel: 'notice' };
  return spawnSync(command, [...first, ...args], { cwd, env, stdio: 'inherit' });
}
