import { describeConsentsAndSuppressions, describeParked } from './store-addresses';
import { describeFlows, describeTemplatesAndKeys } from './store-definitions';
import { describeIdempotency, describeRecords } from './store-hot-path';
import { describeInvocations } from './store-read-model';
import type { OpenStore } from './store-under-test';

/** What every adapter of store/contract.ts is held to. @param open an empty store each time, of its own */
export function describeStore(name: string, open: OpenStore): void {
  describe(name, () => {
    describeFlows(open);
    describeTemplatesAndKeys(open);
    describeRecords(open);
    describeIdempotency(open);
    describeConsentsAndSuppressions(open);
    describeParked(open);
    describeInvocations(open);
  });
}
