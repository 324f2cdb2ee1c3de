import type { IncomingMessage } from 'node:http';
import { PERSON_ROLES } from '../schemas/vocabulary';
import type { ApiKey } from '../store/contract';
import { type Access, allows, rolesWith } from './access';
import { type Authenticator, sendsKey } from './auth';
import { type Caller, callerOf } from './caller';
import { problem } from './problem';
import type { ApiResponse } from './route';
import type { Sessions } from './sessions';

export interface AdmitDeps {
  auth: Authenticator;
  sessions: Sessions;
}

type Admitted = { ok: true; value: Caller } | { ok: false; response: ApiResponse };

/** Nobody: what a public route is handed as its caller. It has no rights that a handler could grant by it. */
const NOBODY: Caller = { kind: 'nobody', id: '', name: '', role: 'gateway', mode: 'test', flows: null };

/** Whoever asks, where they may; else the 401 or 403. A cookie is looked at only where no key is sent. */
export function admit(
  access: Access,
  deps: AdmitDeps,
  req: Pick<IncomingMessage, 'method' | 'headers'>,
): Admitted | Promise<Admitted> {
  if (access === 'public') return { ok: true, value: NOBODY };
  const judge = (who: Caller | ApiResponse) => judgeCaller(access, who);
  const { headers } = req;
  const bySession =
    headers.cookie === undefined || sendsKey(headers) ? null : deps.sessions.authenticate(req.method, headers);
  if (bySession) return bySession instanceof Promise ? bySession.then(judge) : judge(bySession);
  const judgeKey = (key: ApiKey | ApiResponse) => judge('role' in key ? callerOf(key) : key);
  const found = deps.auth.authenticate(headers);
  return found instanceof Promise ? found.then(judgeKey) : judgeKey(found);
}

function judgeCaller(access: Exclude<Access, 'public'>, who: Caller | ApiResponse): Admitted {
  if (!('role' in who)) return refuse(who);
  const person = who.kind === 'person';
  if (access === 'person') {
    if (person) return { ok: true, value: who };
    return refuse(problem(403, 'This is for people, not for keys.', { hint: 'Sign in at /console.' }));
  }
  if (allows(who.role, access)) return { ok: true, value: who };
  const roles = rolesWith(access).filter((role) => !person || PERSON_ROLES.some((one) => one === role));
  const detail = person ? `Your role, ${who.role}, may not do this.` : `A key of the role ${who.role} may not do this.`;
  return refuse(
    problem(403, detail, { hint: `This takes ${person ? '' : 'a key of '}the role ${roles.join(' or ')}.` }),
  );
}

function refuse(response: ApiResponse): Admitted {
  return { ok: false, response };
}
