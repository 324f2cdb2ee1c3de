// What the containers' health checks run; the image has no curl. Ends with status 0 when all is well.
//   node deploy/health.mjs ready http://127.0.0.1:8080/readyz
//   node deploy/health.mjs projected
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [question, url = ''] = process.argv.slice(2);
const questions = { ready, projected };
const trouble = questions[question] ? await questions[question]() : `there is no question “${question}”`;
if (trouble !== null) {
  console.error(trouble);
  process.exitCode = 1;
}

/** Whether the process behind the URL can take work. */
async function ready() {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
    return response.ok ? null : `${url} answers ${response.status}: ${await response.text()}`;
  } catch (error) {
    return `${url} does not answer: ${error.cause?.message ?? error.message}`;
  }
}

/** Whether the projector, which listens nowhere, has folded all there is, or at least moved on since the last look. */
async function projected() {
  const { default: Database } = await import('libsql');
  const number = (file, sql) => {
    const db = new Database(join(process.env.ONWARD_DATA, file), { readonly: true });
    try {
      return db.prepare(sql).get()?.number ?? 0;
    } finally {
      db.close();
    }
  };
  const keep = join(tmpdir(), 'onward-projected');
  try {
    // In this order: what comes between the two looks is not taken for a lag.
    const end = number('onward.db', 'SELECT max(position) AS number FROM events');
    const now = number('views.db', 'SELECT max(position) AS number FROM positions');
    const before = lastLook(keep);
    writeFileSync(keep, String(now));
    return now >= end || now !== before ? null : `the projector stands at ${now} of ${end}`;
  } catch (error) {
    return `ONWARD_DATA cannot be read: ${error.message}`;
  }
}

function lastLook(keep) {
  try {
    return Number(readFileSync(keep, 'utf8'));
  } catch {
    return null;
  }
}
