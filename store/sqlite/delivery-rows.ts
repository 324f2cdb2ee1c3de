import { bytesOf } from '../../sqlite/blob';
import type { Delivery, DeliveryAttempt } from '../contract';
import type { Seal } from '../seal';
import { DELIVERY_CODES, typeOfCode } from './callbacks-schema';
import { MODE_CODES } from './view-codes';

type Blob = Buffer | ArrayBuffer;

export interface DeliveryRow {
  number: number;
  id: string;
  profile: number;
  profile_id: string;
  invocation_id: string;
  seq: number;
  type: number;
  mode: number;
  status: number;
  created_at: number;
  due_at: number | null;
  tries: number;
  attempts: number;
  response_code: number | null;
  settled_at: number | null;
  body: Blob;
  /** Of the newest attempt. */
  answer: Blob | null;
}

export interface AttemptRow {
  number: number;
  at: number;
  duration_ms: number;
  response_code: number | null;
  sealed: Blob;
}

/** Everything of the deliveries `d` that a FROM clause gives, in its order. */
export function wholeDeliveries(from: string): string {
  return `SELECT d.*, p.id AS profile_id, b.sealed AS body, a.sealed AS answer
    FROM ${from} CROSS JOIN profiles p ON p.number = d.profile CROSS JOIN bodies b ON b.number = d.number
    LEFT JOIN attempts a ON a.delivery = d.number AND a.number = d.attempts`;
}

/** What the endpoint said, and what we made of it, may both hold what a body holds. */
export function sealedAnswer({ error, response }: Pick<DeliveryAttempt, 'error' | 'response'>, seal: Seal): Buffer {
  return seal.seal(JSON.stringify([error, response]));
}

function openAnswer(sealed: Blob, seal: Seal): Pick<DeliveryAttempt, 'error' | 'response'> {
  const [error, response] = JSON.parse(seal.open(bytesOf(sealed))) as [string | null, string];
  return { error, response };
}

export function attemptOf(row: AttemptRow, seal: Seal): DeliveryAttempt {
  return {
    number: row.number,
    at: row.at,
    durationMs: row.duration_ms,
    responseCode: row.response_code,
    ...openAnswer(row.sealed, seal),
  };
}

export const STATUSES = Object.keys(DELIVERY_CODES) as Delivery['status'][];

export function deliveryOf(row: DeliveryRow, seal: Seal): Delivery {
  return {
    id: row.id,
    profileId: row.profile_id,
    invocationId: row.invocation_id,
    seq: row.seq,
    type: typeOfCode(row.type),
    mode: row.mode === MODE_CODES.test ? 'test' : 'live',
    createdAt: row.created_at,
    body: seal.open(bytesOf(row.body)),
    status: STATUSES.find((status) => DELIVERY_CODES[status] === row.status) ?? 'failed',
    tries: row.tries,
    dueAt: row.due_at,
    settledAt: row.settled_at,
    responseCode: row.response_code,
    error: row.answer === null ? null : openAnswer(row.answer, seal).error,
  };
}
