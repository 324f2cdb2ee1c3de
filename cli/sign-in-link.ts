import type { Settings } from './settings';

/** What stands for every address of a machine is no address to open. */
const OPENED: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** For where people open the console: where ONWARD_PUBLIC_URL says, else on this machine. */
export function signInLink(
  settings: Pick<Settings, 'publicUrl' | 'publicUrlGiven' | 'host'>,
  port: number,
  token: string,
): string {
  const host = OPENED[settings.host] ?? settings.host;
  const here = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return `${settings.publicUrlGiven ? settings.publicUrl : here}/console/sign-in?token=${token}`;
}
