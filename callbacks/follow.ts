import type { Ladder } from '../core/ladder';
import type { LogRecord } from '../log/contract';
import type { EventRecord, WireEvent } from '../schemas/event';
import type { Mode } from '../schemas/vocabulary';
import { createBoundedMap } from '../store/bounded-map';
import type { CallbackProfile, CallbackProfileStore, FlowStore, NewDelivery, RecordStore } from '../store/contract';
import { bodyOf, type ToldEvent, type ToldRecord, toldTo } from './body';
import { deliveryId } from './delivery-id';
import { headOf, type RecordHead } from './record-head';
import { type BatchStates, BrokenRecord, createRunStates, type RunStatesDeps } from './run-states';
import type { Telling } from './tellings';

const VERSIONS_HELD = 10_000;

export interface FollowDeps extends RunStatesDeps {
  flows: Pick<FlowStore, 'version'>;
  /** The ladder of a published version; null where there is none. */
  ladders(flowId: string, version: number, mode: Mode): Promise<Ladder | null>;
  profiles: Pick<CallbackProfileStore, 'get'>;
  records: Pick<RecordStore, 'getMany'>;
  now(): number;
  /** Told of a record that nobody can ever read; it is passed, so that it holds nobody else up. */
  report(record: LogRecord, cause: Error): void;
}

export interface Follower {
  /**
   * The deliveries that records of one partition, in order, come to. Rejects when a store is away or a history is
   * behind; the batch, cut as one likes, is then to be given again.
   */
  follow(records: readonly LogRecord[]): Promise<Followed>;
}

export interface Followed {
  deliveries: NewDelivery[];
  /** To be called once the deliveries are kept: until then the batch may come again. */
  kept(): void;
}

/** What is told, before the run's record is read. */
interface Draft {
  record: LogRecord;
  profile: CallbackProfile;
  telling: Telling;
  told: ToldEvent;
  mode: Mode;
}

/** Events in, deliveries out: the same ones for the same events, whenever and by whomever they are read. */
export function createFollower(deps: FollowDeps): Follower {
  const profileOf = createProfileOfVersion(deps.flows);
  const states = createRunStates(deps);
  return {
    async follow(records) {
      const batch = states.begin();
      const profiles = new Map<string, CallbackProfile | null>();
      const drafts: Draft[] = [];
      for (const record of records) {
        try {
          const parsed = await followedRecord(record, profileOf);
          if (!parsed) continue;
          const profile = await remembered(profiles, parsed.profileId, (id) => deps.profiles.get(id));
          // It may be made later; what happens until then is not told.
          if (profile) drafts.push(...(await draftsOf(record, parsed.value, profile, batch, deps)));
        } catch (error) {
          if (!(error instanceof BrokenRecord)) throw error;
          deps.report(record, error);
        }
      }
      return { deliveries: await written(drafts, deps), kept: () => batch.remember() };
    },
  };
}

type ProfileOfVersion = (head: RecordHead) => Promise<string | null>;

/** The profile that a version names; a version never changes. */
function createProfileOfVersion(flows: FollowDeps['flows']): ProfileOfVersion {
  const held = createBoundedMap<string, { profileId: string | null }>(VERSIONS_HELD);
  return async ({ flowId, flowVersion }) => {
    const name = `${flowId} ${flowVersion}`;
    const known = held.get(name);
    if (known) return known.profileId;
    const found = await flows.version(flowId, flowVersion);
    if (!found) throw new BrokenRecord(`there is no version ${flowVersion} of flow ${flowId}`);
    const profileId = found.definition.callbackProfile ?? null;
    held.set(name, { profileId });
    return profileId;
  };
}

/** Null for a record of a flow that names no profile; it is not even parsed. */
async function followedRecord(
  { value }: LogRecord,
  profileOf: ProfileOfVersion,
): Promise<{ value: EventRecord; profileId: string } | null> {
  const head = headOf(value);
  if (head && (await profileOf(head)) === null) return null;
  const parsed = parse(value);
  const profileId = await profileOf(parsed);
  return profileId === null ? null : { value: parsed, profileId };
}

/** @throws BrokenRecord */
function parse(value: string): EventRecord {
  let parsed: Partial<EventRecord> | null;
  try {
    parsed = JSON.parse(value) as Partial<EventRecord> | null;
  } catch (cause) {
    throw new BrokenRecord('no JSON', { cause });
  }
  if (!isEventRecord(parsed)) throw new BrokenRecord('no event record');
  return parsed;
}

/** As far as we read it: another system may have written anything. */
function isEventRecord(parsed: Partial<EventRecord> | null): parsed is EventRecord {
  if (typeof parsed?.invocationId !== 'string' || typeof parsed.flowId !== 'string') return false;
  if (!Number.isInteger(parsed.flowVersion) || (parsed.mode !== 'live' && parsed.mode !== 'test')) return false;
  return Array.isArray(parsed.events) && parsed.events.every(isEvent);
}

function isEvent(event: Partial<WireEvent> | null): boolean {
  return Number.isInteger(event?.seq) && typeof event?.type === 'string' && !Number.isNaN(Date.parse(event.at ?? ''));
}

async function draftsOf(
  record: LogRecord,
  value: EventRecord,
  profile: CallbackProfile,
  batch: BatchStates,
  deps: FollowDeps,
): Promise<Draft[]> {
  const { invocationId, flowId, flowVersion, mode } = value;
  const ladder = await deps.ladders(flowId, flowVersion, mode);
  if (!ladder) throw new BrokenRecord(`there is no version ${flowVersion} of flow ${flowId}`);
  const steps = await batch.follow(value, ladder, record);
  // What happened before the profile was made is not told.
  const since = steps.filter(({ event }) => event.at >= profile.createdAt);
  return since.flatMap((step) => {
    const told = { invocationId, ...step };
    return toldTo(profile, told).map((telling) => ({ record, profile, telling, told, mode }));
  });
}

/** What is told is composed now: a body is what was so when it happened, however late it arrives. */
async function written(drafts: readonly Draft[], { records, now, report }: FollowDeps): Promise<NewDelivery[]> {
  if (drafts.length === 0) return [];
  const ids = new Set(drafts.map(({ told }) => told.invocationId));
  const found = await records.getMany([...ids]);
  const createdAt = now();
  const deliveries: NewDelivery[] = [];
  for (const draft of drafts) {
    try {
      deliveries.push(deliveryOf(draft, found.get(draft.told.invocationId) ?? null, createdAt));
    } catch (error) {
      // Of a foreign producer: a time, say, that is none. What our own engines write can be written down.
      report(draft.record, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return deliveries;
}

function deliveryOf(
  { profile, telling, told, mode }: Draft,
  record: ToldRecord | null,
  createdAt: number,
): NewDelivery {
  const { invocationId, event } = told;
  return {
    id: deliveryId(profile.id, invocationId, event.seq, telling.type),
    profileId: profile.id,
    invocationId,
    seq: event.seq,
    type: telling.type,
    mode,
    createdAt,
    body: bodyOf(profile.format, telling, told, record),
    held: !profile.enabled,
  };
}

/** One question a batch for each, and the answer of that moment. */
async function remembered<T>(known: Map<string, T>, id: string, ask: (id: string) => Promise<T>): Promise<T> {
  const before = known.get(id);
  if (before !== undefined) return before;
  const found = await ask(id);
  known.set(id, found);
  return found;
}
