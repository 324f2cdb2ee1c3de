import { TestWorkflowEnvironment } from '@temporalio/testing';

/**
 * Has Temporal's SDK download its CLI: `node scripts/download-temporal-cli.mjs FOLDER VERSION`. The SDK does so only
 * when it starts a server with it, so that is started and stopped again.
 */
const [downloadDir, version] = process.argv.slice(2);

try {
  const executable = { type: 'cached-download', downloadDir, version: `v${version}`, ttl: '365 days' };
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
  await environment.teardown();
} catch (error) {
  // It becomes part of a sentence: one line, and of the causes that the SDK strings together the innermost.
  const message = error instanceof Error ? error.message : String(error);
  console.error(message.replaceAll(/\s+/g, ' ').split(': ').slice(-2).join(': '));
  process.exitCode = 1;
}
