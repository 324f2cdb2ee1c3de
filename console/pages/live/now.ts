import type { Mode } from '../../../schemas/vocabulary';
import { answer, api, type Schemas } from '../../client/api';

/** Null is what the process that answers cannot know. */
export type Now = Schemas['Live'];
export type ProviderNow = Now['providers'][number];

export function askNow(mode: Mode, signal: AbortSignal): Promise<Now> {
  return answer(api.GET('/v1/live', { params: { query: { mode } }, signal }));
}

/** How far what is shown lies behind what happened. */
export type Judgement = 'unknown' | 'good' | 'behind' | 'bad';

const SECONDS = { behind: 5, bad: 60 } as const;
const RECORDS = { behind: 1_000, bad: 50_000 } as const;

/** By the age of the oldest that is not shown; where that is not known, by how many they are. */
export function judge({ oldestSeconds, eventsBehind, receiptsBehind }: Now['lag']): Judgement {
  const records = Math.max(eventsBehind ?? 0, receiptsBehind ?? 0);
  if (oldestSeconds === null && eventsBehind === null && receiptsBehind === null) return 'unknown';
  if ((oldestSeconds ?? 0) >= SECONDS.bad || records >= RECORDS.bad) return 'bad';
  if ((oldestSeconds ?? 0) >= SECONDS.behind || records >= RECORDS.behind) return 'behind';
  return 'good';
}
