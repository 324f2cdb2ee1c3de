import type { Delivery, DeliveryAttempt, NewDelivery } from '../contract';
import type { Seal } from '../seal';

/** What says whose turn it is. */
export interface Turn {
  _id: string;
  profileId: string;
  invocationId: string;
  seq: number;
  /** Tells those of one event apart: the place among those that were added together. */
  order: number;
  /**
   * When it is looked at next; null where it is settled. Every pending one has it, so that none is ever forgotten; of
   * one that `waits` it is no more than the time to look again whether it still has to.
   */
  dueAt: number | null;
  /** An earlier one of its invocation was seen to be first. */
  waits: boolean;
  /** Who makes it: '' for nobody; and until when nobody else may. */
  holder: string;
  leasedUntil: number;
}

export interface DeliveryDocument extends Turn {
  type: NewDelivery['type'];
  mode: NewDelivery['mode'];
  createdAt: number;
  /** Sealed. */
  body: Buffer;
  status: Delivery['status'];
  tries: number;
  settledAt: number | null;
  attempts: AttemptDocument[];
}

/** Stands in its delivery, so that the attempt and what it came to are one write. */
export interface AttemptDocument {
  at: number;
  durationMs: number;
  responseCode: number | null;
  /** Sealed: JSON of error and response. */
  answer: Buffer;
}

/** Whether an earlier one has to be first shows when it is claimed. */
export function newDocument(delivery: NewDelivery, order: number, seal: Seal): DeliveryDocument {
  const { id, held, body, createdAt, ...fields } = delivery;
  return {
    _id: id,
    ...fields,
    createdAt,
    body: seal.seal(body),
    order,
    status: held ? 'failed' : 'pending',
    dueAt: held ? null : createdAt,
    waits: false,
    holder: '',
    leasedUntil: 0,
    tries: 0,
    settledAt: held ? createdAt : null,
    attempts: [],
  };
}

export function deliveryOf(document: DeliveryDocument, seal: Seal): Delivery {
  const { _id, profileId, invocationId, seq, type, mode, createdAt, status, tries, settledAt } = document;
  const newest = document.attempts[document.attempts.length - 1];
  return {
    ...{ id: _id, profileId, invocationId, seq, type, mode, createdAt, status, tries, settledAt },
    body: seal.open(document.body),
    dueAt: document.waits ? null : document.dueAt,
    responseCode: newest?.responseCode ?? null,
    error: newest ? openAnswer(newest.answer, seal).error : null,
  };
}

export function attemptDocument(attempt: Omit<DeliveryAttempt, 'number'>, seal: Seal): AttemptDocument {
  const { at, durationMs, responseCode, error, response } = attempt;
  return { at, durationMs: Math.round(durationMs), responseCode, answer: seal.seal(JSON.stringify([error, response])) };
}

export function attemptOf({ answer, ...fields }: AttemptDocument, index: number, seal: Seal): DeliveryAttempt {
  return { number: index + 1, ...fields, ...openAnswer(answer, seal) };
}

function openAnswer(sealed: Buffer, seal: Seal): Pick<DeliveryAttempt, 'error' | 'response'> {
  const [error, response] = JSON.parse(seal.open(sealed)) as [string | null, string];
  return { error, response };
}
