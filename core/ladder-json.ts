import type { Ladder } from './ladder';

/** A ladder as JSON: without its index, which follows from the rest. */
export type LadderJson = Omit<Ladder, 'indexByName'>;

export function dumpLadder(ladder: Ladder): LadderJson {
  const { indexByName: _index, ...rest } = ladder;
  return rest;
}

export function loadLadder(json: LadderJson): Ladder {
  return { ...json, indexByName: new Map(json.rungs.map((rung) => [rung.name, rung.index])) };
}
