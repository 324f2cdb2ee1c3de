import { SortableContext, useSortable, verticalListSortingStrategy } from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { useTranslation } from 'react-i18next';
import { isParallel, type Step } from '../../../schemas/flow';
import { TextField } from '../../parts/field';
import { allSteps, placeOf } from './edit-definition';
import type { OnMove } from './moves';
import { StepBranches } from './step-branches';
import { StepMessage } from './step-message';
import { StepTools } from './step-tools';
import styles from './steps.module.css';
import { useFindingsAt, useValueAt, useWizard } from './wizard-state';

/** Steps one after the other: those of the ladder, or those of one branch. */
export function StepTrack({ track, onMove }: { track: string; onMove: OnMove }) {
  const { definition } = useWizard();
  const steps = allSteps(definition).filter(({ pointer }) => placeOf(pointer).track === track);
  return (
    <SortableContext items={steps.map(({ pointer }) => pointer)} strategy={verticalListSortingStrategy}>
      <ol className={styles.track}>
        {steps.map(({ step, pointer }) => (
          <StepCard key={pointer} step={step} pointer={pointer} count={steps.length} onMove={onMove} />
        ))}
      </ol>
    </SortableContext>
  );
}

function StepCard({ step, pointer, count, onMove }: { step: Step; pointer: string; count: number; onMove: OnMove }) {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const { readOnly } = useWizard();
  const at = useValueAt();
  const findings = useFindingsAt()(pointer);
  const sortable = useSortable({
    id: pointer,
    disabled: readOnly,
    attributes: { roleDescription: t('drag.role') },
    // Steps are known by their place: after a move each is drawn where it is, and does not glide there once more.
    animateLayoutChanges: () => false,
  });
  const { setNodeRef, setActivatorNodeRef, attributes, listeners, transform, transition, isDragging } = sortable;
  const { index } = placeOf(pointer);
  return (
    <li
      ref={setNodeRef}
      className={styles.step}
      data-dragged={isDragging}
      style={{ transform: CSS.Translate.toString(transform), transition }}
      aria-label={t('step.of', { name: step.name, place: index + 1, of: count })}
    >
      <div className={styles.head}>
        {!readOnly && (
          <button
            type="button"
            ref={setActivatorNodeRef}
            {...attributes}
            {...listeners}
            className={styles.handle}
            data-control={`handle ${pointer}`}
            aria-label={t('drag.handle', { name: step.name })}
          >
            ⠿
          </button>
        )}
        <span className={styles.number} aria-hidden="true">
          {index + 1}
        </span>
        <div className={styles.name}>
          <TextField
            label={t('step.name')}
            required
            maxLength={64}
            data-control={`name ${pointer}`}
            value={step.name ?? ''}
            {...at(`${pointer}/name`)}
          />
        </div>
        {!readOnly && <StepTools step={step} pointer={pointer} count={count} onMove={onMove} />}
      </div>
      {findings.map(({ words, tone }) => (
        <p key={words} className={styles.finding} data-tone={tone}>
          {words}
        </p>
      ))}
      {isParallel(step) ? (
        <StepBranches step={step} pointer={pointer} branch={(track) => <StepTrack track={track} onMove={onMove} />} />
      ) : (
        <StepMessage step={step} pointer={pointer} />
      )}
    </li>
  );
}
