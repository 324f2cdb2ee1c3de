import { attempt, call, NotReached } from '../../providers/http-call';

const refusalOf = async (url: string, headers: Record<string, string> = {}) => {
  const error: unknown = await call({ url, headers }).catch((thrown: unknown) => thrown);
  if (!(error instanceof NotReached)) throw new Error('it was made, or failed otherwise');
  return error;
};

test.each([
  [
    'a credential that a line break was pasted into',
    'http://127.0.0.1:1/',
    'Bearer s3cret\nhalf',
    'ERR_INVALID_HEADER',
  ],
  ['a credential in typographic quotes', 'http://127.0.0.1:1/', 'Bearer “s3cret”', 'ERR_INVALID_HEADER'],
  ['an address that is none', 'http://exa mple/s3cret', 'Bearer x', 'ERR_INVALID_URL'],
  ['a password in the address', 'http://me:s3cret@127.0.0.1:1/', 'Bearer x', 'ERR_INVALID_URL'],
])('%s is not sent, and no error quotes it', async (_name, url, authorization, code) => {
  const error = await refusalOf(url, { authorization });
  expect(error.code).toBe(code);
  expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('s3cret');
  const sent = attempt(async () => {
    await call({ url, headers: { authorization } });
    return { outcome: 'uncertain' };
  });
  expect(await sent).toMatchObject({ outcome: 'rejected', reason: 'provider_unavailable', code });
});
