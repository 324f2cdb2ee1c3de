import { isoTime } from '../core/iso-time';
import type { PersonView } from '../schemas/person';
import type { Person } from '../store/contract';

export function personView({ id, email, name, role, ...person }: Person): PersonView {
  const { createdAt, lastSeenAt, passwordHash } = person;
  return {
    ...{ id, email, name, role, status: statusOf(person), createdAt: isoTime(createdAt) },
    lastSeenAt: lastSeenAt === null ? null : isoTime(lastSeenAt),
    hasPassword: passwordHash !== null,
  };
}

function statusOf({ disabled, activeSince }: Pick<Person, 'disabled' | 'activeSince'>): PersonView['status'] {
  if (disabled) return 'disabled';
  return activeSince === null ? 'invited' : 'active';
}
