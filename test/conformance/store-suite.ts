import { describeAccounts } from './store-accounts';
import { describeConsentsAndSuppressions, describeParked } from './store-addresses';
import { describeAudit } from './store-audit';
import { describeCallbackProfiles } from './store-callback-profiles';
import { describeFlows, describeTemplatesAndKeys } from './store-definitions';
import { describeDeliveries } from './store-deliveries';
import { describeHistories } from './store-histories';
import { describeIdempotency, describeRecords } from './store-hot-path';
import { describeKeys } from './store-keys';
import { describeMarks } from './store-marks';
import { describePeople, describeSessions, describeTickets } from './store-people';
import { describePrices } from './store-prices';
import { describeInvocations } from './store-read-model';
import { describeReceipts } from './store-receipts';
import { describeRejections } from './store-rejections';
import { describeRetention } from './store-retention';
import { describeRollupSums } from './store-rollup-sums';
import { describeRollups } from './store-rollups';
import { describeSavedViews } from './store-saved-views';
import type { OpenStore } from './store-under-test';

/** What every adapter of store/contract.ts is held to. @param open an empty store each time, of its own */
export function describeStore(name: string, open: OpenStore): void {
  describe(name, () => {
    describeFlows(open);
    describeTemplatesAndKeys(open);
    describeKeys(open);
    describeSavedViews(open);
    describeAudit(open);
    describeAccounts(open);
    describePeople(open);
    describeSessions(open);
    describeTickets(open);
    describeRecords(open);
    describeIdempotency(open);
    describeConsentsAndSuppressions(open);
    describeParked(open);
    describeReceipts(open);
    describeInvocations(open);
    describeRollups(open);
    describeRollupSums(open);
    describeRejections(open);
    describeHistories(open);
    describeMarks(open);
    describeRetention(open);
    describePrices(open);
    describeCallbackProfiles(open);
    describeDeliveries(open);
  });
}
