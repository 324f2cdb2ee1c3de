import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { lateItems } from '../../core/late-items';
import { invocationView } from '../../core/view';
import { lateItemSchema } from '../../schemas/late';
import { START_AT } from '../scenarios/run-on-core';
import { LADDERS, make, move, newWorld, settle } from './hostile-world';

const meets = addFormats(new Ajv({ strict: false })).compile(lateItemSchema);

test('whatever happens, the ledger has what the view calls late or duplicate, and no more is billed twice than it says', () => {
  fc.assert(
    fc.property(fc.constantFrom(...LADDERS), fc.array(move, { maxLength: 60 }), (ladder, moves) => {
      const world = newWorld(ladder);
      for (const one of moves) make(world, one);
      settle(world);
      const { state } = world;
      const view = invocationView(state, { id: 'inv_1', externalId: null, metadata: null, createdAt: START_AT });
      const items = lateItems('inv_1', state);
      const marked = view.attempts.filter(({ late, duplicate }) => late || duplicate);
      const name = ({
        step,
        attempt,
        late,
        duplicate,
      }: {
        step: string;
        attempt: number;
        late: boolean;
        duplicate?: boolean;
      }) => `${step}#${attempt} ${late} ${duplicate}`;
      expect(items.map(name).sort()).toEqual(marked.map(name).sort());
      expect(items.reduce((sum, { costTwiceMicros }) => sum + costTwiceMicros, 0)).toBe(view.costTwiceMicros);
      for (const item of items) {
        expect(meets(item) ? null : meets.errors).toBeNull();
        if (item.lateByMs !== null) expect(item.lateByMs).toBeGreaterThan(0);
        if (item.lateByMs !== null) expect(item.late).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});
