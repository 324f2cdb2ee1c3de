import { useTranslation } from 'react-i18next';
import { FLOW_LIMITS, isParallel, type Step } from '../../../schemas/flow';
import { Button } from '../../parts/button';
import { Select } from '../../parts/field';
import { placeOf, stepAt, tracksOf } from './edit-definition';
import type { OnMove } from './moves';
import styles from './steps.module.css';
import { useWizard } from './wizard-state';

/** Moves a step without dragging, to another track too, or takes it out. */
export function StepTools({
  step,
  pointer,
  count,
  onMove,
}: {
  step: Step;
  pointer: string;
  count: number;
  onMove: OnMove;
}) {
  const { t } = useTranslation('flows');
  const { definition, edit } = useWizard();
  const { track, index } = placeOf(pointer);
  const { name } = step;
  const to = (next: number, control: 'up' | 'down') =>
    onMove({ kind: 'moveStep', pointer, track, index: next }, control);
  const last = definition.steps.length === 1 && count === 1;
  return (
    <div className={styles.tools}>
      <Button
        quiet
        data-control={`up ${pointer}`}
        disabled={index === 0}
        aria-label={t('step.up', { name })}
        onClick={() => to(index - 1, 'up')}
      >
        ↑
      </Button>
      <Button
        quiet
        data-control={`down ${pointer}`}
        disabled={index === count - 1}
        aria-label={t('step.down', { name })}
        onClick={() => to(index + 1, 'down')}
      >
        ↓
      </Button>
      {!isParallel(step) && <TrackChoice pointer={pointer} name={name} onMove={onMove} />}
      <Button
        quiet
        disabled={last}
        title={last ? t('step.last') : undefined}
        aria-label={t('step.remove', { name })}
        onClick={() => edit({ kind: 'removeStep', pointer })}
      >
        ✕
      </Button>
    </div>
  );
}

/** To the end of another track. Nothing to choose where there are no branches. */
function TrackChoice({ pointer, name, onMove }: { pointer: string; name: string; onMove: OnMove }) {
  const { t } = useTranslation('flows');
  const { definition } = useWizard();
  const here = placeOf(pointer).track;
  const tracks = tracksOf(definition, FLOW_LIMITS.branches);
  if (tracks.length === 1) return null;
  const words = (track: string) => {
    const [, , n, , b] = track.split('/');
    if (n === undefined) return t('track.ladder');
    return t('track.branch', { branch: Number(b) + 1, name: stepAt(definition, `/steps/${n}`)?.name ?? '' });
  };
  return (
    <Select
      bare
      label={t('step.moveTo', { name })}
      value={here}
      choices={tracks.map((track) => ({ value: track, words: words(track) }))}
      onChange={(track) => {
        const places = Array.from({ length: FLOW_LIMITS.steps }, (_, at) => at);
        const end = places.find((at) => stepAt(definition, `${track}/${at}`) === undefined) ?? 0;
        onMove({ kind: 'moveStep', pointer, track, index: end }, 'handle');
      }}
    />
  );
}
