import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlowDefinition, SendStep } from '../../../schemas/flow';
import { DEFAULT_SANDBOX_SCRIPT } from '../../../schemas/sandbox-script';
import { REASONS, type Reason, SUCCESS_STATUSES, type SuccessStatus } from '../../../schemas/vocabulary';
import { Button } from '../../parts/button';
import { NumberField, Select, TextField } from '../../parts/field';
import { isolated } from '../../parts/isolated';
import { sendsOf } from './flow-steps';
import styles from './outcome-fields.module.css';
import { OUTCOME_KINDS, type Outcome, type Outcomes, outcomeOf, scriptOf, scriptProblem } from './outcomes';

interface Choosing {
  outcomes: Outcomes;
  onChange(outcomes: Outcomes): void;
}

/** For each step: what its channel does. */
export function OutcomeFields({ definition, outcomes, onChange }: Choosing & { definition: FlowDefinition }) {
  const { t } = useTranslation('trial');
  const steps = sendsOf(definition);
  const [preset, setPreset] = useState(0);
  const choose = (name: string, script: string) => {
    const { [name]: _before, ...others } = outcomes;
    onChange(script === DEFAULT_SANDBOX_SCRIPT ? others : { ...others, [name]: script });
  };
  return (
    <div className={styles.all}>
      <Presets
        steps={steps}
        onChange={(chosen) => {
          onChange(chosen);
          setPreset(preset + 1);
        }}
      />
      {steps.map((step) => (
        // After a preset no field holds on to what was typed before.
        <fieldset key={`${preset} ${step.name}`} className={styles.step}>
          <legend dir="auto">{step.name}</legend>
          <OutcomeField step={step} script={outcomes[step.name]} onChange={(script) => choose(step.name, script)} />
        </fieldset>
      ))}
      <p className={styles.hint}>{t('outcome.hint')}</p>
    </div>
  );
}

/** What people come to see, in one press. */
function Presets({ steps, onChange }: { steps: readonly SendStep[]; onChange(outcomes: Outcomes): void }) {
  const { t } = useTranslation('trial');
  const [first] = steps;
  if (!first) return null;
  const presets = {
    well: {},
    fallback: { [first.name]: 'silent' },
    nobody: Object.fromEntries(steps.map(({ name }) => [name, 'silent'])),
    twice: { [first.name]: scriptOf({ kind: 'late', afterMs: 2000 }, first.timeoutSeconds) },
  } as const;
  return (
    <div className={styles.presets}>
      {(Object.keys(presets) as (keyof typeof presets)[]).map((name) => (
        <Button key={name} onClick={() => onChange(presets[name])}>
          {t(`preset.${name}`)}
        </Button>
      ))}
    </div>
  );
}

function OutcomeField({
  step,
  script,
  onChange,
}: {
  step: SendStep;
  script: string | undefined;
  onChange(script: string): void;
}) {
  const { t } = useTranslation('trial');
  const read = outcomeOf(script, step.timeoutSeconds);
  // Typed text stays as it is while it does not parse, or amounts to one of the other choices.
  const [text, setText] = useState<string | null>(read.kind === 'script' ? read.text : null);
  const outcome: Outcome = text === null ? read : { kind: 'script', text };
  const change = (next: Outcome) => {
    setText(next.kind === 'script' ? next.text : null);
    const chosen = scriptOf(next, step.timeoutSeconds);
    if (scriptProblem(chosen) === null) onChange(chosen);
  };
  return (
    <div className={styles.fields}>
      <Select
        label={t('outcome.of', { step: isolated(step.name) })}
        bare
        value={outcome.kind}
        choices={OUTCOME_KINDS.map((kind) => ({ value: kind, words: t(`outcome.${kind}`) }))}
        onChange={(kind) => change(startOf(kind, step, script))}
      />
      <Details step={step} outcome={outcome} onChange={change} />
    </div>
  );
}

/** What a kind is before its particulars are chosen. */
function startOf(kind: Outcome['kind'], step: SendStep, script = DEFAULT_SANDBOX_SCRIPT): Outcome {
  switch (kind) {
    case 'success':
      return { kind, status: step.successOn ?? 'delivered', afterMs: 100 };
    case 'late':
      return { kind, afterMs: 2000 };
    case 'undelivered':
      return { kind, reason: 'unreachable', afterMs: 2000 };
    case 'rejected':
      return { kind, reason: 'invalid_address' };
    case 'script':
      return { kind, text: script };
    default:
      return { kind };
  }
}

function Details({ step, outcome, onChange }: { step: SendStep; outcome: Outcome; onChange(next: Outcome): void }) {
  const { t } = useTranslation(['trial', 'vocabulary']);
  const name = isolated(step.name);
  const status = outcome.kind === 'success' && (
    <Select<SuccessStatus>
      label={t('outcome.status', { step: name })}
      bare
      value={outcome.status}
      choices={SUCCESS_STATUSES.map((value) => ({ value, words: t(`vocabulary:status.${value}`) }))}
      onChange={(value) => onChange({ ...outcome, status: value })}
    />
  );
  const reason = (outcome.kind === 'undelivered' || outcome.kind === 'rejected') && (
    <Select<Reason>
      label={t('outcome.reason', { step: name })}
      bare
      value={outcome.reason}
      choices={REASONS.map((value) => ({ value, words: t(`vocabulary:reason.${value}`) }))}
      onChange={(value) => onChange({ ...outcome, reason: value })}
    />
  );
  return (
    <>
      {status}
      {reason}
      {'afterMs' in outcome && <After step={name} outcome={outcome} onChange={onChange} />}
      {outcome.kind === 'script' && (
        <TextField
          label={t('outcome.script.of', { step: name })}
          bare
          dir="ltr"
          value={outcome.text}
          findings={problemIn(outcome.text)}
          onChange={(text) => onChange({ kind: 'script', text })}
        />
      )}
    </>
  );
}

function After({
  step,
  outcome,
  onChange,
}: {
  step: string;
  outcome: Extract<Outcome, { afterMs: number }>;
  onChange(next: Outcome): void;
}) {
  const { t } = useTranslation('trial');
  const label = outcome.kind === 'late' ? 'outcome.afterDeadline' : 'outcome.after';
  return (
    <div className={styles.after}>
      <span aria-hidden="true">{t(`${label}.before`)}</span>
      <NumberField
        label={t(label, { step })}
        bare
        min={0}
        max={604_800}
        step="any"
        value={outcome.afterMs / 1000}
        onChange={(seconds) => onChange({ ...outcome, afterMs: Math.min(seconds ?? 0, 604_800) * 1000 })}
      />
      <span aria-hidden="true">{t(`${label}.unit`)}</span>
    </div>
  );
}

function problemIn(text: string) {
  const words = scriptProblem(text);
  return words === null ? [] : [{ tone: 'bad' as const, words }];
}
