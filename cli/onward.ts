import { runProgram } from './program';
import { processTerminal } from './terminal';

runProgram(process.argv.slice(2), processTerminal()).then(
  (status) => {
    // The server sets its own status when it ends.
    if (status !== 0) process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
