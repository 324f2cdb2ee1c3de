import { readFileSync } from 'node:fs';
import type { AccountOptions } from '../contract';
import { objectIn } from '../http-call';

/** What of a service account's key file is needed. */
export interface ServiceAccount {
  clientEmail: string;
  /** PEM. */
  privateKey: string;
  projectId: string | null;
}

/** @throws Error, in a sentence without any of it, where something is missing */
export function serviceAccountOf(credentials: AccountOptions['credentials']): ServiceAccount {
  const { serviceAccount, clientEmail, privateKey } = credentials;
  const file = serviceAccount === undefined ? null : objectIn(serviceAccount);
  if (serviceAccount !== undefined && !file) throw new Error('serviceAccount is not the JSON of a key file');
  const email = clientEmail ?? file?.client_email;
  const key = privateKey ?? file?.private_key;
  if (typeof email !== 'string' || typeof key !== 'string') {
    throw new Error('the service account lacks client_email or private_key');
  }
  const projectId = file?.project_id;
  // In variables of the environment the line ends of a key are often written as \n.
  const pem = key.replace(/\\n/g, '\n');
  return { clientEmail: email, privateKey: pem, projectId: typeof projectId === 'string' ? projectId : null };
}

/**
 * `FCM_SERVICE_ACCOUNT` is the JSON or the path of its file; `GOOGLE_APPLICATION_CREDENTIALS`, which other software uses
 * too, counts only where it is the path of a service account's key.
 */
export function serviceAccountFrom(env: NodeJS.ProcessEnv): string | null {
  const { FCM_SERVICE_ACCOUNT: own, GOOGLE_APPLICATION_CREDENTIALS: shared } = env;
  // What is neither stays as it is: opening the account says what is wrong with it.
  if (own) return objectIn(own) ? own : (contentOf(own) ?? own);
  const text = shared ? contentOf(shared) : null;
  return text !== null && objectIn(text)?.type === 'service_account' ? text : null;
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
