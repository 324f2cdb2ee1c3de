import type { AccountTrial, ProviderAdapter } from '../providers/contract';

const PATIENCE_MS = 10_000;
/** What systems and libraries call their errors; anything longer could quote what it was given. */
const CODE = /^[A-Z][A-Z0-9_]{1,40}$/;

/** What a trial of the account comes to, after 10 s at the latest. Never throws, and never tells a credential. */
export async function tryAccount(adapter: ProviderAdapter | null, provider: string): Promise<AccountTrial> {
  const failed = (code: string, detail: string): AccountTrial => ({ ok: false, code, detail });
  if (!adapter) return failed('not_opened', 'The account cannot be opened with these settings and credentials.');
  if (!adapter.test) return failed('no_trial', `${provider} has no way to try an account without sending.`);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<AccountTrial>((resolve) => {
    const detail = `${provider} did not answer within ${PATIENCE_MS / 1000} s.`;
    timer = setTimeout(() => resolve(failed('timeout', detail)), PATIENCE_MS);
  });
  try {
    return await Promise.race([adapter.test(), late]);
  } catch (error) {
    const { code } = (error ?? {}) as { code?: unknown };
    return failed(
      typeof code === 'string' && CODE.test(code) ? code : 'not_reached',
      `${provider} could not be asked.`,
    );
  } finally {
    clearTimeout(timer);
  }
}
