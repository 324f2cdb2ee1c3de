import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openSpool, type Spool } from '../../cli/house/spool';
import { LogUnavailable } from '../../log/contract';
import type { KafkaLog } from '../../log/kafka/log';
import { createIntake } from '../../receipts/intake';
import { createReferences } from '../../receipts/reference';
import type { Receipt } from '../../schemas/receipt';
import { createSeal } from '../../store/seal';
import { openLog } from '../log/kafka-trial';
import { readTopic } from '../support/folded';
import { describeWithKafkaProcess } from '../support/kafka-server';
import { temporaryFolder } from '../support/temporary-folder';

const LIMIT_MS = 60_000;

describeWithKafkaProcess('while Kafka is away', (startKafka) => {
  const folder = temporaryFolder();

  /** As a process that takes webhooks has it. */
  function open(kafka: KafkaLog, dataFolder: string) {
    const spool = openSpool({ dataFolder, to: kafka, envelope: createSeal('a secret'), onFault: () => {} });
    const references = createReferences('a secret of this test');
    const intake = createIntake({ log: kafka, spool: spool.log, references, clock: Date.now });
    return { spool, intake };
  }

  const receipt = (n: number): Receipt => ({
    provider: 'smsc-1',
    providerMessageId: `message-${n % 3}`,
    status: 'delivered',
    code: String(n),
  });

  const waiting = async (spool: Spool) => (await spool.lag()).reduce((sum, { records }) => sum + records, 0);

  test(
    'receipts of a sender that would not send again wait in the spool, also over a restart, and come in their order',
    async () => {
      const server = await startKafka();
      const kafka = await openLog(server.brokers, 'spooled.');
      const first = open(kafka, folder);
      await first.intake.accept([receipt(0)], 'spool');
      expect(await waiting(first.spool)).toBe(0);

      await server.stop();
      for (let n = 1; n <= 20; n++) await first.intake.accept([receipt(n)], 'spool');
      await expect(first.intake.accept([receipt(99)])).rejects.toThrow(LogUnavailable);
      expect(await waiting(first.spool)).toBe(20);
      await first.spool.close();

      const second = open(kafka, folder);
      await second.intake.accept([receipt(21)], 'spool');
      expect(await waiting(second.spool)).toBe(21);
      await server.startAgain();
      for (let tries = 0; tries < 400 && (await waiting(second.spool)) > 0; tries++) await pause(50);
      expect(await waiting(second.spool)).toBe(0);
      const records = await readTopic(server.brokers, 'spooled.onward.receipts');
      const codes = new Map<string, number[]>();
      for (const { key, value } of records) {
        codes.set(key, [...(codes.get(key) ?? []), Number((JSON.parse(value) as Receipt).code)]);
      }
      // At least once: a record that was carried on twice is in its place the first time.
      const firsts = [...codes.values()].map((list) => [...new Set(list)]);
      expect(firsts.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 22 }, (_, n) => n));
      for (const list of firsts) expect(list).toEqual([...list].sort((a, b) => a - b));
      await second.spool.close();
      await kafka.close();
    },
    LIMIT_MS,
  );

  test(
    'of several processes on one folder one drains, and the next when that is gone',
    async () => {
      const server = await startKafka();
      const kafka = await openLog(server.brokers, 'shared.');
      const dataFolder = join(folder, 'shared');
      const [one, two] = [open(kafka, dataFolder), open(kafka, dataFolder)];
      expect(existsSync(join(dataFolder, 'spool.db'))).toBe(true);
      await one.spool.close();
      await two.spool.log.append('onward.receipts', [{ key: 'k', value: JSON.stringify(receipt(7)) }]);
      for (let tries = 0; tries < 200 && (await waiting(two.spool)) > 0; tries++) await pause(50);
      expect((await readTopic(server.brokers, 'shared.onward.receipts')).map(({ key }) => key)).toEqual(['k']);
      await two.spool.close();
      await kafka.close();
    },
    LIMIT_MS,
  );
});
