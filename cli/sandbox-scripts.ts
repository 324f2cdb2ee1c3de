import { parseSandboxScript, type SandboxScript } from '../schemas/sandbox-script';
import { Complaint } from './complaint';

/** `step=script` options as an object; the last of one step stands. */
export function assignments(options: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    options.map((option) => {
      const cut = option.indexOf('=');
      if (cut < 1) throw new Complaint(`“${option}” is not step=script, such as whatsapp=silent.`, 2);
      return [option.slice(0, cut), option.slice(cut + 1)];
    }),
  );
}

/** The same, parsed, for a simulation on this machine. */
export function parseScripts(options: readonly string[], steps: ReadonlySet<string>): Record<string, SandboxScript> {
  return Object.fromEntries(
    Object.entries(assignments(options)).map(([step, text]) => {
      if (!steps.has(step)) throw new Complaint(`The flow has no step “${step}”: ${[...steps].join(', ')}.`, 2);
      const result = parseSandboxScript(text);
      if (!result.ok) throw new Complaint(`The script of “${step}”: ${result.message}`, 2);
      return [step, result.script];
    }),
  );
}
