import { openLog, TOPIC } from './kafka-trial';

/** A consumer to be killed: it tells of each record, and gets no further than the one whose value it is given. */
async function main([brokers = '', prefix = '', stuckAt = '']: string[]): Promise<void> {
  const log = await openLog(brokers, prefix);
  await log.subscribe(TOPIC, 'group', async (records, done) => {
    for (const { value, position } of records) {
      if (value === stuckAt) await new Promise(() => {});
      process.stdout.write(`${value}\n`);
      done(position);
    }
  });
}

void main(process.argv.slice(2));
