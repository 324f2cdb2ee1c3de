import type { Command } from 'commander';
import type { Redriven } from '../receipts/contract';
import type { Receipt } from '../schemas/receipt';
import { httpClient } from './client';
import { Complaint } from './complaint';
import { readJson } from './json-file';
import type { Terminal } from './terminal';

interface Options {
  file?: string;
  invocation?: string;
  step?: string;
  provider?: string;
  message?: string;
  status?: string;
  reason?: string;
  code?: string;
}

/** `onward receipts`: delivery receipts from a gateway of one's own, or by hand, and what became of those not taken. */
export function addReceipts(program: Command, terminal: Terminal): void {
  const receipts = program
    .command('receipts')
    .description('hand in delivery receipts, and look after those that were not taken');
  receipts
    .command('send')
    .description('send one receipt, or those of a file')
    .option('--file <file>', 'one receipt or an array as JSON; - for standard input')
    .option('--invocation <id>')
    .option('--step <name>')
    .option('--provider <name>')
    .option('--message <id>', "the provider's message ID")
    .option('--status <status>', 'such as delivered or undelivered')
    .option('--reason <reason>', 'such as unreachable')
    .option('--code <code>', "the provider's own code")
    .action(async (options: Options) => {
      const body = options.file ? readJson<Receipt | Receipt[]>(options.file) : receiptOf(options);
      const answer = await httpClient(terminal.env).send<{ accepted: number }>('POST', '/receipts', body);
      terminal.out(`${answer.body.accepted} accepted.`);
    });
  receipts
    .command('parked')
    .description('those that wait for their invocation or message to be known')
    .action(() => showParked(terminal));
  receipts
    .command('redrive')
    .description('give the dead letters since the last redrive another try')
    .action(async () => {
      const { body } = await httpClient(terminal.env).send<Redriven>('POST', '/receipts/dead/redrive', undefined);
      terminal.out(`${body.redriven} given another try.`);
      if (body.left > 0) terminal.out(`${body.left} were too long to be kept whole and stay where they are.`);
    });
}

interface Parked {
  count: number;
  items: { provider?: string; invocationId?: string; status: string; tries: number; dueAt: string }[];
}

async function showParked(terminal: Terminal): Promise<void> {
  const body = await httpClient(terminal.env).get<Parked>('/receipts/parked');
  terminal.out(`${body.count} parked.`);
  for (const { provider, invocationId, status, tries, dueAt } of body.items) {
    const of = invocationId ?? `a message of ${provider ?? 'an unnamed provider'}`;
    terminal.out(`  ${status} of ${of}, tried ${tries + 1} times, next at ${dueAt}`);
  }
}

/** What is wrong with the words is told by the server, which has the lists. */
function receiptOf(options: Options): Record<string, string> {
  const { invocation, step, provider, message, status, reason, code } = options;
  if (!status) throw new Complaint('Give --status, or --file.', 2);
  if (!(invocation && step) && !(provider && message)) {
    throw new Complaint('Say which message: --invocation and --step, or --provider and --message.', 2);
  }
  const given = { invocationId: invocation, step, provider, providerMessageId: message, status, reason, code };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
