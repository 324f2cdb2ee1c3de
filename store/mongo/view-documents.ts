import type { RunFacts } from '../../core/run-facts';
import type { Channel, InvocationStatus, Mode } from '../../schemas/vocabulary';
import type { NewView } from '../contract';

/**
 * The documents of the read model only ever grow: what changes of one stands in a field that `$max` puts a later value
 * into and no earlier one. So a batch may be written twice, in parts, by two writers at once or cut differently, and
 * comes to the same, with no transaction and no look before the write.
 */

/** What changes of a run. Documents are compared field by field in their order, so that `seq` stands first. */
export interface LatestOfRun extends SearchedBy {
  seq: number;
  status: InvocationStatus;
  endedAt: number | null;
  /** As core/state-json.ts writes it. */
  state: string;
}

/** What follows from the state, for searches and for people who query the documents themselves. */
interface SearchedBy extends Omit<RunFacts, 'reachedIndex'> {
  /** Late or duplicate: few are, so that an index finds them all. */
  lateOrDuplicate: boolean;
}

export function searchedBy({ reachedIndex, ...facts }: RunFacts): SearchedBy {
  return { ...facts, lateOrDuplicate: facts.late || facts.duplicate };
}

/** What there is of an ended run until it is swept: the document itself, and what is kept elsewhere. */
export type Held = 'lists' | 'records' | 'events';

export interface RunDocument extends Omit<NewView, 'id'> {
  _id: string;
  holds: Held[];
  latest: LatestOfRun;
}

export interface MessageDocument {
  /** See messageKey. */
  _id: string;
  /** See messageOwner; of several the newest invocation's, which has the greatest ID. */
  of: string;
}

export function messageKey(provider: string, providerMessageId: string): string {
  return `${provider} ${providerMessageId}`;
}

export function messageOwner(invocationId: string, attempt: number, step: string): string {
  return `${invocationId}/${String(attempt).padStart(4, '0')}/${step}`;
}

/** The range of the owners of one run's messages: “0” is the sign after “/”. */
export function ownersOf(invocationId: string): { $gt: string; $lt: string } {
  return { $gt: `${invocationId}/`, $lt: `${invocationId}0` };
}

export function readOwner(of: string): { invocationId: string; step: string; attempt: number } {
  const [invocationId = '', attempt = '', ...step] = of.split('/');
  return { invocationId, step: step.join('/'), attempt: Number(attempt) };
}

/**
 * One rollup as one partition adds to it. A partition's records come in order, and so the counts follow from the
 * position alone; partitions, which know nothing of each other, never write to the same document.
 */
export interface RollupDocument {
  _id: string;
  mode: Mode;
  flowId: string;
  flowVersion: number;
  step: string;
  channel: Channel | '';
  /** Not there: none. So it is in what was counted before countries were. */
  country?: string;
  hour: number;
  partition: number;
  folded: {
    /** Of the last record that the counts include. */
    position: number;
    /** By encoded name. */
    counts: Record<string, number>;
  };
}

export interface PositionDocument {
  /** The partition. */
  _id: string;
  position: number;
}

/** A name as a field may be called: without a dot, and not beginning with a dollar. */
export function encodeName(name: string): string {
  return name.replace(/[%.$]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

export function decodeName(name: string): string {
  return name.replace(/%([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
