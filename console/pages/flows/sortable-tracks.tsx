import {
  type Announcements,
  type CollisionDetection,
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  pointerWithin,
  type UniqueIdentifier,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { sortableKeyboardCoordinates } from '@dnd-kit/sortable';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isParallel } from '../../../schemas/flow';
import { placeOf, stepAt } from './edit-definition';
import type { Move } from './moves';
import { useWizard } from './wizard-state';

/** By the pointer of the mouse the innermost step that it is over, by the keyboard the nearest one. */
const collisions: CollisionDetection = (given) => {
  const within = pointerWithin(given);
  const depth = (id: UniqueIdentifier) => String(id).split('/').length;
  return within.length > 0 ? within.sort((a, b) => depth(b.id) - depth(a.id)) : closestCenter(given);
};

/** Steps within it are dragged by mouse, finger or keyboard, within their track and into another. */
export function SortableTracks({ onMove, children }: { onMove(move: Move): void; children: ReactNode }) {
  const { t } = useTranslation('flows');
  const { definition } = useWizard();
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const name = (id: UniqueIdentifier) => stepAt(definition, String(id))?.name ?? '';
  const announcements: Announcements = {
    onDragStart: ({ active }) => t('drag.start', { name: name(active.id) }),
    onDragOver: ({ active, over }) => {
      // It is over itself as soon as it is taken up, which was just said.
      if (over?.id === active.id) return undefined;
      const words = { name: name(active.id) };
      return over ? t('drag.over', { ...words, over: name(over.id) }) : t('drag.nowhere', words);
    },
    onDragEnd: ({ active }) => t('drag.end', { name: name(active.id) }),
    onDragCancel: ({ active }) => t('drag.cancel', { name: name(active.id) }),
  };
  const end = ({ active, over }: DragEndEvent) => {
    if (!over || over.id === active.id) return;
    const pointer = String(active.id);
    const step = stepAt(definition, pointer);
    // Branches are not dropped into branches, but beside the step that holds them.
    const target = step && isParallel(step) ? String(over.id).split('/').slice(0, 3).join('/') : String(over.id);
    if (target !== pointer) onMove({ kind: 'moveStep', pointer, ...placeOf(target) });
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={collisions}
      onDragEnd={end}
      accessibility={{
        announcements,
        screenReaderInstructions: { draggable: t('drag.instructions') },
        // The focus goes with the step: see useMoved.
        restoreFocus: false,
      }}
    >
      {children}
    </DndContext>
  );
}
