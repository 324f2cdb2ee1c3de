import { fold } from '../../core/evolve';
import { initialState } from '../../core/state';
import { dumpState, loadState } from '../../core/state-json';
import { fromWire } from '../../core/wire';
import { fallbackRun, sampleLadder } from '../support/sample-runs';

const ladder = sampleLadder();
const events = fallbackRun('inv_1', ladder, 1_700_000_000_000).flatMap((record) => record.events.map(fromWire));

test('a state comes back as it was, after every event of a run', () => {
  for (let count = 0; count <= events.length; count++) {
    const state = fold(ladder, events.slice(0, count));
    expect(loadState(ladder, dumpState(state))).toEqual(state);
  }
});

test('a field that an older state does not have is read as its initial value', () => {
  const older = '{"seq":3,"status":"running","steps":[{"phase":"running","attempts":[{"number":1}]}]}';
  const state = loadState(ladder, older);
  expect(state).toMatchObject({ seq: 3, status: 'running', costMicros: 0, duplicate: false });
  expect(state.steps[0]?.attempts[0]).toMatchObject({ number: 1, late: false, providerMessageId: null });
  expect(state.steps[1]).toEqual(initialState(ladder).steps[1]);
});

test('the JSON of a run holds no ladder and stays small', () => {
  expect(dumpState(fold(ladder, events)).length).toBeLessThan(900);
});
