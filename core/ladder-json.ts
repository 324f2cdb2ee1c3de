import type { Ladder, Rung, SendRoute, SendRung } from './ladder';

/** A ladder as JSON: without its index, which follows from the rest. */
export type LadderJson = Omit<Ladder, 'indexByName'>;

export function dumpLadder(ladder: Ladder): LadderJson {
  const { indexByName: _index, ...rest } = ladder;
  return rest;
}

export function loadLadder(json: LadderJson): Ladder {
  const rungs = json.rungs.map(withRoutes);
  return { ...json, rungs, indexByName: new Map(rungs.map((rung) => [rung.name, rung.index])) };
}

function withRoutes(rung: Rung): Rung {
  return rung.kind === 'send' ? routed(rung) : rung;
}

/** A step that was written when it had one provider, whose facts stood in the step itself. */
export function routed(rung: SendRung): SendRung {
  if (rung.routes !== undefined) return rung;
  const { provider, recall, lookup, policy, costMicros, ...rest } = rung as SendRung & Omit<SendRoute, 'account'>;
  return { ...rest, routes: [{ provider, account: null, recall, lookup, reconcile: false, policy, costMicros }] };
}
