import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { WireEvent } from '../../../schemas/event';
import type { FlowDefinition } from '../../../schemas/flow';
import type { Schemas } from '../../client/api';
import { duration, money, whole } from '../../parts/amounts';
import { Button } from '../../parts/button';
import { Fact } from '../../parts/fact';
import { Select } from '../../parts/field';
import { Loading } from '../../parts/loading';
import { ProblemNote } from '../../parts/problem-note';
import { Status } from '../../parts/status';
import { eventWords } from './event-words';
import { sendsOf } from './flow-steps';
import { LadderDrawing } from './ladder-drawing';
import { OutcomeFields } from './outcome-fields';
import type { Outcomes } from './outcomes';
import styles from './simulation-player.module.css';
import { type Moment, momentsOf, type Standings, standingsAt, startOf } from './simulation-story';
import { type Beginning, simulateQuery } from './trial-queries';
import { type Player, SPEEDS, usePlayer } from './use-player';

export interface SimulationProps {
  flowId: string;
  definition: FlowDefinition;
  outcomes: Outcomes;
  onOutcomes(outcomes: Outcomes): void;
  beginning?: Beginning;
}

/** Now, where the viewer is. */
export function hereAndNow(): Beginning {
  return { startAt: null, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}

/** Chooses what each channel does, and plays the flow on a virtual clock by the rules that real runs go by. */
export function SimulationPlayer({ flowId, definition, outcomes, onOutcomes, beginning }: SimulationProps) {
  const { t } = useTranslation('trial');
  // What was scripted for a step that has another name now says nothing.
  const known = useMemo(() => {
    const names = new Set(sendsOf(definition).map(({ name }) => name));
    return Object.fromEntries(Object.entries(outcomes).filter(([name]) => names.has(name)));
  }, [definition, outcomes]);
  const { data, error, refetch } = useQuery({
    ...simulateQuery(flowId, definition, known, beginning ?? hereAndNow()),
    placeholderData: keepPreviousData,
  });
  return (
    <div className={styles.around}>
      <section className={styles.choose}>
        <h3>{t('outcomes')}</h3>
        <OutcomeFields definition={definition} outcomes={known} onChange={onOutcomes} />
      </section>
      <section className={styles.play} aria-label={t('player')}>
        {error !== null && <ProblemNote error={error} onRetry={() => void refetch()} />}
        {data && <Playback definition={definition} simulated={data} />}
        {!data && error === null && <Loading />}
      </section>
    </div>
  );
}

function Playback({ definition, simulated }: { definition: FlowDefinition; simulated: Schemas['Simulated'] }) {
  const { t } = useTranslation('trial');
  const moments = useMemo(() => momentsOf(simulated.events as WireEvent[]), [simulated]);
  const player = usePlayer(moments);
  const names = useMemo(() => [...definition.steps, ...sendsOf(definition)].map(({ name }) => name), [definition]);
  const standings = standingsAt(moments, moments[player.current]?.atMs ?? 0, names);
  return (
    <>
      <Figures simulated={simulated} standings={standings} clockMs={player.clockMs} />
      <Controls player={player} />
      <LadderDrawing definition={definition} playing={{ standings, clockMs: player.clockMs }} />
      <h3>{t('events')}</h3>
      <EventList moments={moments} player={player} currency={simulated.currency} />
    </>
  );
}

function Figures({
  simulated,
  standings,
  clockMs,
}: {
  simulated: Schemas['Simulated'];
  standings: Standings;
  clockMs: number;
}) {
  const { t } = useTranslation('trial');
  const { durationMs, currency } = simulated;
  return (
    <dl className={styles.figures}>
      <Fact name={t('figure.status')}>
        <Status status={standings.ended ?? 'running'} />
      </Fact>
      <Fact name={t('figure.cost')}>{money(standings.costMicros, currency)}</Fact>
      <Fact name={t('figure.time')}>{duration(Math.min(clockMs, durationMs ?? clockMs))}</Fact>
      <Fact name={t('figure.duplicates')}>{whole(standings.duplicates)}</Fact>
    </dl>
  );
}

function Controls({ player }: { player: Player }) {
  const { t } = useTranslation('trial');
  const { playing, watched, length, clockMs, speed } = player;
  const words = t('clock.at', { time: duration(Math.round(clockMs)) });
  return (
    <div className={styles.controls}>
      <Button onClick={() => player.step(-1)} disabled={watched <= 0}>
        {t('step.back')}
      </Button>
      <Button primary onClick={player.toggle} disabled={length === 0}>
        {t(playing ? 'pause' : watched < length ? 'play' : 'playAgain')}
      </Button>
      <Button onClick={() => player.step(1)} disabled={watched >= length}>
        {t('step.on')}
      </Button>
      <Select
        label={t('speed')}
        bare
        value={speed}
        choices={SPEEDS.map((value) => ({ value, words: t(`speed.${value}`) }))}
        onChange={player.setSpeed}
      />
      <label className={styles.clock}>
        <span>{words}</span>
        <input
          type="range"
          aria-label={t('clock')}
          aria-valuetext={words}
          min={0}
          max={length}
          step="any"
          value={watched}
          onChange={({ target }) => player.seek(target.valueAsNumber)}
        />
      </label>
    </div>
  );
}

/** What has happened so far, the newest marked; each leads the clock to its moment. */
function EventList({ moments, player, currency }: { moments: readonly Moment[]; player: Player; currency: string }) {
  const { t } = useTranslation(['trial', 'vocabulary']);
  const start = startOf(moments[0]?.events ?? []);
  return (
    <ol className={styles.events} aria-live={player.playing ? 'off' : 'polite'}>
      {moments.map((moment, n) => (
        <li key={moment.atMs} data-when={n === player.current ? 'now' : n < player.current ? 'past' : 'future'}>
          <button type="button" onClick={() => player.seek(moment.watched)} aria-current={n === player.current}>
            {duration(moment.atMs)}
          </button>
          <ul>
            {moment.events.map((event) => (
              <li key={event.seq}>{eventWords(t, event, start, currency)}</li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}
