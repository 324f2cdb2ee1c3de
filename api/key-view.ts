import { isoTime } from '../core/iso-time';
import type { ApiKey } from '../store/contract';

export function keyView(key: ApiKey, now: number) {
  const { id, name, role, mode, flows, hint, createdAt, expiresAt, lastUsedAt, overlap, createdBy } = key;
  const under = overlap !== null && overlap.endsAt > now ? overlap : null;
  return {
    ...{ id, name, role, mode, flows, hint, createdBy },
    createdAt: isoTime(createdAt),
    expiresAt: expiresAt === null ? null : isoTime(expiresAt),
    lastUsedAt: lastUsedAt === null ? null : isoTime(lastUsedAt),
    overlap: under && { hint: under.hint, endsAt: isoTime(under.endsAt) },
  };
}
