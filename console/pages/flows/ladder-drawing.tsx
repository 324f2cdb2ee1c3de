import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type FlowDefinition, isParallel, type ParallelStep, type SendStep, type Step } from '../../../schemas/flow';
import type { Action, Reason } from '../../../schemas/vocabulary';
import { duration, whole } from '../../parts/amounts';
import { Fact } from '../../parts/fact';
import { isolated } from '../../parts/isolated';
import { Badge, type Tone } from '../../parts/note';
import styles from './ladder-drawing.module.css';
import type { Phase, Standing, Standings } from './simulation-story';

/** The ladder at one moment of a simulation. */
export interface Playing {
  standings: Standings;
  clockMs: number;
}

/** The flow from top to bottom: each step, and what leads from it to the next. It reads as a list to those who hear it. */
export function LadderDrawing({ definition, playing }: { definition: FlowDefinition; playing?: Playing }) {
  const { t } = useTranslation('trial');
  const { steps } = definition;
  return (
    <ol className={styles.ladder} aria-label={t('ladder')}>
      {steps.map((step, n) => (
        <li key={step.name}>
          <StepBox step={step} number={whole(n + 1)} playing={playing} />
          <LeadsOn step={step} next={steps[n + 1]?.name ?? null} playing={playing} />
        </li>
      ))}
      <li>
        <End playing={playing} />
      </li>
    </ol>
  );
}

function StepBox({ step, number, playing }: { step: Step; number: string; playing?: Playing }) {
  const { t } = useTranslation('trial');
  if (!isParallel(step)) return <SendBox step={step} number={number} playing={playing} />;
  return (
    <Box name={step.name} number={number} kind={t('ladder.atOnce')} playing={playing}>
      <p>
        {t(`ladder.require.${step.require ?? 'any'}`)}{' '}
        {t('ladder.inAll', { time: duration(step.timeoutSeconds * 1000) })}
      </p>
      <Branches step={step} playing={playing} />
    </Box>
  );
}

function Branches({ step, playing }: { step: ParallelStep; playing?: Playing }) {
  const { t } = useTranslation('trial');
  return (
    <ul className={styles.branches}>
      {step.parallel.map((branch, b) => (
        <li key={branch[0]?.name ?? b}>
          <ol className={styles.ladder} aria-label={t('ladder.branch', { number: whole(b + 1) })}>
            {branch.map((inner, n) => (
              <li key={inner.name}>
                <SendBox step={inner} number={`${whole(b + 1)}.${whole(n + 1)}`} playing={playing} />
                {branch[n + 1] && <LeadsOn step={inner} next={branch[n + 1]?.name ?? null} playing={playing} />}
              </li>
            ))}
          </ol>
        </li>
      ))}
    </ul>
  );
}

function SendBox({ step, number, playing }: { step: SendStep; number: string; playing?: Playing }) {
  const { t } = useTranslation(['trial', 'vocabulary']);
  const providers = [step.provider ?? 'sandbox'].flat();
  return (
    <Box name={step.name} number={number} kind={t(`vocabulary:channel.${step.channel}`)} playing={playing}>
      <dl className={styles.facts}>
        <Fact name={t('ladder.waits')}>
          {t('ladder.waitsFor', {
            time: duration(step.timeoutSeconds * 1000),
            status: t(`vocabulary:status.${step.successOn ?? 'delivered'}`),
          })}
        </Fact>
        <Fact name={t('ladder.template')}>
          <code>{step.template}</code>
        </Fact>
        <Fact name={t('ladder.provider')}>
          <bdi>{providers.join(' → ')}</bdi>
        </Fact>
        {Object.keys(step.onReason ?? {}).length > 0 && (
          <Fact name={t('ladder.rules')}>
            <Rules rules={step.onReason ?? {}} />
          </Fact>
        )}
        {step.recall && <Fact name={t('ladder.recall')}>{t('ladder.recall.does')}</Fact>}
      </dl>
    </Box>
  );
}

function Rules({ rules }: { rules: Partial<Record<Reason, Action>> }) {
  const { t } = useTranslation('vocabulary');
  return Object.entries(rules).map(([reason, action], n) => (
    <Fragment key={reason}>
      {n > 0 && ' · '}
      {t(`reason.${reason as Reason}`)}: {t(`action.${action}`)}
    </Fragment>
  ));
}

function Box({
  name,
  number,
  kind,
  playing,
  children,
}: {
  name: string;
  number: string;
  kind: string;
  playing?: Playing;
  children: ReactNode;
}) {
  const standing = playing?.standings.steps.get(name);
  return (
    <div className={styles.step} data-phase={standing?.phase}>
      <p className={styles.head}>
        <span className={styles.number} aria-hidden="true">
          {number}
        </span>
        <strong dir="auto">{name}</strong>
        <span className={styles.kind}>{kind}</span>
      </p>
      {standing && playing && <Now standing={standing} clockMs={playing.clockMs} />}
      {children}
    </div>
  );
}

const TONES: Record<Phase, Tone> = {
  idle: 'plain',
  sending: 'accent',
  waiting: 'wait',
  uncertain: 'wait',
  deferred: 'wait',
  recalling: 'wait',
  succeeded: 'good',
  left: 'bad',
  skipped: 'plain',
  unsent: 'plain',
  dropped: 'plain',
};

function Now({ standing, clockMs }: { standing: Standing; clockMs: number }) {
  const { t } = useTranslation(['trial', 'vocabulary']);
  const { phase, reason, late, duplicate, sinceMs, untilMs } = standing;
  const waits = untilMs !== null && untilMs > clockMs && TONES[phase] === 'wait';
  return (
    <div className={styles.now}>
      <Badge tone={TONES[phase]}>{t(`phase.${phase}`)}</Badge>
      {reason && <span>{t(`vocabulary:reason.${reason}`)}</span>}
      {late && <Badge tone="late">{t('phase.late', { status: t(`vocabulary:status.${late}`) })}</Badge>}
      {duplicate && <Badge tone="bad">{t('phase.duplicate')}</Badge>}
      {waits && (
        <>
          <span>{t('phase.left.until', { time: duration(untilMs - clockMs) })}</span>
          <span className={styles.bar} aria-hidden="true">
            <span style={{ inlineSize: `${(100 * (clockMs - sinceMs)) / (untilMs - sinceMs)}%` }} />
          </span>
        </>
      )}
    </div>
  );
}

/** The arrow below a step, with what leads along it. */
function LeadsOn({ step, next, playing }: { step: Step; next: string | null; playing?: Playing }) {
  const { t } = useTranslation(['trial', 'vocabulary']);
  const stops = isParallel(step) ? [] : reasonsThat(step, 'stop');
  const time = duration(step.timeoutSeconds * 1000);
  const phase = playing?.standings.steps.get(step.name)?.phase;
  return (
    <div className={styles.arrow} data-taken={phase === 'left' || phase === 'skipped'}>
      <p>
        {next === null ? t('ladder.onToEnd', { time }) : t('ladder.onTo', { time, next: isolated(next) })}
        {stops.length > 0 &&
          ` ${t('ladder.stops', { reasons: stops.map((reason) => t(`vocabulary:reason.${reason}`)).join(', ') })}`}
      </p>
    </div>
  );
}

function reasonsThat(step: SendStep, wanted: Action): Reason[] {
  return Object.entries(step.onReason ?? {}).flatMap(([reason, action]) =>
    action === wanted ? [reason as Reason] : [],
  );
}

function End({ playing }: { playing?: Playing }) {
  const { t } = useTranslation('trial');
  const ended = playing?.standings.ended;
  return (
    <p className={styles.end} data-ended={ended ?? undefined}>
      {ended ? t(`ladder.ended.${ended}`) : t('ladder.end')}
    </p>
  );
}
