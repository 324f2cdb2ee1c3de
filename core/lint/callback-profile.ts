import type { Finding, LintSubject } from './finding';

/** A profile that is not there is told nothing; it may be made afterwards. */
export function lintCallbackProfile({ definition: { callbackProfile }, context }: LintSubject): Finding[] {
  const { callbackProfiles } = context;
  if (callbackProfile === undefined || !callbackProfiles || callbackProfiles.has(callbackProfile)) return [];
  return [
    {
      level: 'warning',
      rule: 'callback-profile-unknown',
      pointer: '/callbackProfile',
      message: `There is no callback profile ${callbackProfile}: nobody is told of these invocations.`,
      hint: 'Make it (POST /v1/callback-profiles with this “id”), or name another: GET /v1/callback-profiles.',
    },
  ];
}
