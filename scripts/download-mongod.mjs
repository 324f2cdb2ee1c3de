import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { DryMongoBinary, MongoBinary } from 'mongodb-memory-server-core';

/** Has mongodb-memory-server download mongod: `node scripts/download-mongod.mjs FOLDER VERSION FILE`. */
const [downloadDir, version, name] = process.argv.slice(2);

// What the machine says of other uses is not for this one.
for (const variable of ['MONGOMS_DOWNLOAD_DIR', 'MONGOMS_SYSTEM_BINARY']) delete process.env[variable];
// Without it the host's certificate is not checked.
process.env.npm_config_strict_ssl = 'true';

try {
  const options = { ...(await DryMongoBinary.generateOptions({ version })), downloadDir, checkMD5: true };
  renameSync(await MongoBinary.download(options), join(downloadDir, name));
} catch (error) {
  // It becomes part of a sentence.
  console.error((error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' '));
  process.exitCode = 1;
}
