import { Command, CommanderError } from 'commander';
import { Complaint } from './complaint';
import { addDemo } from './demo';
import { addExport } from './export';
import { addFlows } from './flows';
import { addInvoke } from './invoke';
import { addLint } from './lint';
import { addProjection } from './projection';
import { addReceipts } from './receipts';
import { addReplay } from './replay';
import { addRuns } from './runs';
import { START_ROLES, StartError } from './settings';
import { addSignIn } from './sign-in';
import { addSimulate } from './simulate';
import type { Terminal } from './terminal';

const VERBS = [
  addInvoke,
  addSimulate,
  addLint,
  addFlows,
  addRuns,
  addReplay,
  addReceipts,
  addExport,
  addProjection,
  addSignIn,
  addDemo,
] as const;

/**
 * Runs one `onward <verb>` and resolves with its exit status: 0, 1 when it did not work out, 2 when it was called
 * wrongly. `onward start` resolves once the server stands; the process lives on by it.
 */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('onward')
    .description('One message to one person, over the channels that reach them, in order.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  addStart(program);
  addStartTemporal(program);
  for (const add of VERBS) add(program, terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return complain(error, terminal);
  }
}

function addStart(program: Command): void {
  program
    .command('start')
    .description('start the server: every role, or one')
    .option('--role <role>', `one role only: ${START_ROLES.join(', ')}`)
    .action(async (options: { role?: string }) => {
      if (options.role !== undefined && !START_ROLES.some((role) => role === options.role)) {
        throw new Complaint(`There is no role “${options.role}”: ${START_ROLES.join(', ')}.`, 2);
      }
      // Loaded here and not above: the other verbs need none of the server.
      const { start } = await import('./start');
      await start(options);
    });
}

function addStartTemporal(program: Command): void {
  program
    .command('start:temporal')
    .description('start a Temporal server on this machine, and the server and a worker against it')
    .action(async () => {
      const { startTemporal } = await import('./start-temporal');
      await startTemporal();
    });
}

function complain(error: unknown, terminal: Terminal): number {
  // commander has said what was wrong; it counts --help as an error of status 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof StartError) {
    terminal.err(error.message);
    return 1;
  }
  if (!(error instanceof Complaint)) throw error;
  terminal.err([error.message, ...error.details].join('\n'));
  return error.status;
}
