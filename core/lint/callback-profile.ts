import { type Finding, finding, type LintSubject } from './finding';

/** A profile that is not there is told nothing; it may be made afterwards. */
export function lintCallbackProfile({ definition: { callbackProfile }, context }: LintSubject): Finding[] {
  const { callbackProfiles } = context;
  if (callbackProfile === undefined || !callbackProfiles || callbackProfiles.has(callbackProfile)) return [];
  return [finding('warning', 'callback-profile-unknown', '/callbackProfile', { profile: callbackProfile })];
}
