import type { FlowDefinition, SendStep } from '../../schemas/flow';
import { isParallel } from '../../schemas/flow';
import type { Template } from '../../schemas/template';
import type { Mode } from '../../schemas/vocabulary';
import { type Carrier, carriersOf, factsOf } from '../ladder';
import type { PriceSituation } from '../prices';
import type { ProviderCatalog, ProviderFacts } from '../provider-facts';
import { inEnglish, type KeyOf, type Values } from '../sentence';
import { LINT } from './sentences';

/** What lint has to say of one place. An error blocks publishing, a warning does not. */
export interface Finding {
  level: 'error' | 'warning';
  /** The rule's name, kebab-case. */
  rule: string;
  /** RFC 6901, into the definition. */
  pointer: string;
  message: string;
  hint?: string;
  /** The message as data, by its key in LINT; the hint's is the same with `.hint`. It begins with the rule. */
  key: string;
  values: Values;
}

type LintKey = Exclude<KeyOf<typeof LINT>, `${string}.hint`>;

/** What lint says by that key of its sentences. @param pointer RFC 6901, into the definition */
export function finding(level: Finding['level'], key: LintKey, pointer: string, values: Values = {}): Finding {
  const hint = `${key}.hint`;
  return {
    level,
    rule: key.split('.')[0] ?? key,
    pointer,
    message: inEnglish(LINT, { key, values }),
    ...(Object.hasOwn(LINT, hint) && { hint: inEnglish(LINT, { key: hint, values }) }),
    key,
    values,
  };
}

export interface LintContext {
  catalog: ProviderCatalog;
  /** By ID. */
  templates: ReadonlyMap<string, Template>;
  /** What messages cost, where the table says; left out: by the providers' facts alone. */
  pricing?: Pick<PriceSituation, 'prices' | 'accountOf'>;
  /** `test`: every step goes to the sandbox. Default: live. */
  mode?: Mode;
  /** The providers that have an account; left out where nobody knows the accounts, as offline. */
  accounts?: ReadonlySet<string>;
  /** IDs of the callback profiles that there are; left out where nobody knows them, as offline. */
  callbackProfiles?: ReadonlySet<string>;
}

/** What every rule is given. */
export interface LintSubject {
  definition: FlowDefinition;
  context: LintContext;
  steps: readonly PlacedStep[];
}

export interface PlacedCarrier extends Carrier {
  /** Undefined where the catalog does not know the provider. */
  facts: ProviderFacts | undefined;
  pointer: string;
}

/** A send step where it stands, with who carries it. */
export interface PlacedStep {
  step: SendStep;
  pointer: string;
  /** In the order in which they take over. */
  carriers: readonly PlacedCarrier[];
  inBranch: boolean;
  /** The last of its track: of the flow, or of its branch. */
  last: boolean;
  /** Nothing at all is sent after it. */
  lastOfFlow: boolean;
}

export function lintSubject(definition: FlowDefinition, context: LintContext): LintSubject {
  const steps: PlacedStep[] = [];
  const place = (step: SendStep, pointer: string, inBranch: boolean, last: boolean, lastOfFlow: boolean): void => {
    const several = Array.isArray(step.provider);
    const carriers = carriersOf(step, context.mode ?? 'live').map((carrier, n) => ({
      provider: carrier.provider,
      account: carrier.account,
      facts: factsOf(context.catalog, carrier),
      pointer: several ? `${pointer}/provider/${n}` : `${pointer}/provider`,
    }));
    steps.push({ step, pointer, carriers, inBranch, last, lastOfFlow });
  };
  definition.steps.forEach((step, n) => {
    const lastTop = n === definition.steps.length - 1;
    if (!isParallel(step)) {
      place(step, `/steps/${n}`, false, lastTop, lastTop);
      return;
    }
    step.parallel.forEach((branch, b) => {
      branch.forEach((inner, m) => {
        const lastInBranch = m === branch.length - 1;
        place(inner, `/steps/${n}/parallel/${b}/${m}`, true, lastInBranch, lastTop && lastInBranch);
      });
    });
  });
  return { definition, context, steps };
}
