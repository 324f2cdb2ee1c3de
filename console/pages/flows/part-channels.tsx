import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FLOW_LIMITS, isParallel } from '../../../schemas/flow';
import { CHANNELS, type Channel } from '../../../schemas/vocabulary';
import { Button } from '../../parts/button';
import { Select } from '../../parts/field';
import { Card } from '../../parts/page';
import { type Edit, editDefinition, placeOf, pointerAfterMove, stepAt } from './edit-definition';
import type { Control, Move } from './moves';
import { SortableTracks } from './sortable-tracks';
import { StepTrack } from './step-track';
import styles from './steps.module.css';
import { useWizard } from './wizard-state';

/** The channels in their order: the ladder itself. */
export function PartChannels() {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const { definition, readOnly, edit } = useWizard();
  const { around, said, say, focus } = useMoved();
  const move = (change: Move, control: Control) => {
    const pointer = pointerAfterMove(definition, change);
    const after = editDefinition(definition, change);
    edit(change);
    focus(pointer, control);
    const name = stepAt(after, pointer)?.name ?? '';
    say(t('moved', { name, place: placeOf(pointer).index + 1, of: countIn(after, placeOf(pointer).track) }));
  };
  const add = (change: Edit) => {
    edit(change);
    const last = editDefinition(definition, change).steps.length - 1;
    focus(`/steps/${last}`, 'name');
  };
  return (
    <div ref={around} className={styles.around}>
      <p className={styles.soft}>{t('channels.hint')}</p>
      <SortableTracks onMove={(change) => move(change, 'handle')}>
        <StepTrack track="/steps" onMove={move} />
      </SortableTracks>
      <div role="status" className="for-readers-only">
        {said}
      </div>
      {!readOnly && <AddStep full={definition.steps.length >= FLOW_LIMITS.steps} onAdd={add} />}
    </div>
  );
}

function countIn(definition: Parameters<typeof stepAt>[0], track: string): number {
  const [, , n, , b] = track.split('/');
  const step = definition.steps[Number(n)];
  return step && isParallel(step) && b !== undefined
    ? (step.parallel[Number(b)]?.length ?? 0)
    : definition.steps.length;
}

/** After a step has moved, the control that moved it is where the step now is: the focus goes there with it. */
function useMoved() {
  const around = useRef<HTMLDivElement>(null);
  const [said, say] = useState('');
  const [wanted, setWanted] = useState<{ pointer: string; control: Control } | null>(null);
  useEffect(() => {
    if (!wanted) return;
    const find = (control: Control) =>
      around.current?.querySelector<HTMLElement>(`[data-control="${control} ${wanted.pointer}"]`);
    const control = find(wanted.control);
    const usable = control && !control.hasAttribute('disabled') ? control : find('handle');
    usable?.focus();
    setWanted(null);
  }, [wanted]);
  return { around, said, say, focus: (pointer: string, control: Control) => setWanted({ pointer, control }) };
}

function AddStep({ full, onAdd }: { full: boolean; onAdd(edit: Edit): void }) {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const [channel, setChannel] = useState<Channel>('sms');
  return (
    <Card title={t('add')}>
      <div className={styles.row}>
        <Select<Channel>
          label={t('add.channel')}
          value={channel}
          choices={CHANNELS.map((value) => ({ value, words: t(`vocabulary:channel.${value}`) }))}
          onChange={setChannel}
        />
        <Button primary disabled={full} onClick={() => onAdd({ kind: 'addStep', track: '/steps', channel })}>
          {t('add.step')}
        </Button>
        <Button disabled={full} onClick={() => onAdd({ kind: 'addParallel', channels: [channel, 'email'] })}>
          {t('add.parallel')}
        </Button>
      </div>
      <p className={styles.soft}>{full ? t('add.full', { count: FLOW_LIMITS.steps }) : t('add.parallel.hint')}</p>
    </Card>
  );
}
