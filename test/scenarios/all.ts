import type { Scenario } from './scenario';
import { BRANCH_SCENARIOS } from './the-branches';
import { CUSTOMER_SCENARIOS } from './the-customer';
import { LADDER_SCENARIOS } from './the-ladder';
import { LIMIT_SCENARIOS } from './the-limits';
import { REASON_SCENARIOS } from './the-reasons';
import { RECEIPT_SCENARIOS } from './the-receipts';

/** THE suite: one source, run on the core alone and on every host. */
export const SCENARIOS: readonly Scenario[] = [
  ...LADDER_SCENARIOS,
  ...REASON_SCENARIOS,
  ...RECEIPT_SCENARIOS,
  ...LIMIT_SCENARIOS,
  ...CUSTOMER_SCENARIOS,
  ...BRANCH_SCENARIOS,
];
