import pino from 'pino';
import type { Logger } from '../api/deps';
import { faultOf } from '../api/fault';

/** JSON lines on stderr; stdout is for people. What could be a key or an address is taken out whatever is logged. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: [
        '*.authorization',
        '*["api-key"]',
        '*.cookie',
        '*.password',
        '*.token',
        '*.recipient',
        '*.variables',
        '*.phone',
        '*.email',
        '*.secret',
        '*.key',
      ],
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** Faults by their names and messages; never what they were about. */
export function createFaultReporter(logger: Logger): (message: string, error: unknown) => void {
  return (message, error) => logger.error({ err: faultOf(error) }, message);
}
