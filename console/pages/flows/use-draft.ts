import { useCallback, useEffect, useReducer, useState, useSyncExternalStore } from 'react';
import type { FlowDefinition } from '../../../schemas/flow';
import { DraftSaver, type SaveState, type Stored } from './draft-saver';
import { type Edit, editDefinition } from './edit-definition';
import { type FlowHead, readDraft, writeDraft } from './flow-data';
import { keepDraft } from './kept-draft';

/** Saves that a page has begun and left behind: whoever reads the flow next waits for them. */
const leaving = new Map<string, Promise<void>>();

/** The draft once what was still on its way to it has arrived. */
export async function readSettledDraft(id: string, signal: AbortSignal): Promise<Stored & FlowHead> {
  await leaving.get(id);
  return readDraft(id, signal);
}

export interface Draft {
  definition: FlowDefinition;
  etag: string;
  state: SaveState;
  edit(edit: Edit): void;
  retry(): void;
  takeTheirs(): void;
  keepMine(): void;
}

/**
 * The definition under the person's hands, from `first` on, and its way to the server. `base` is what the server has;
 * they differ where unsaved edits were taken up again.
 */
export function useDraft(flowId: string, base: Stored, first: FlowDefinition, readOnly: boolean): Draft {
  const [definition, dispatch] = useReducer(editDefinition, first);
  const [saver] = useState(
    () =>
      new DraftSaver(base, {
        read: () => readDraft(flowId),
        write: (next, etag) => writeDraft(flowId, next, etag),
        keep: (unsaved) => keepDraft(flowId, unsaved),
      }),
  );
  const state = useSyncExternalStore(saver.subscribe, saver.snapshot);
  useEffect(() => {
    if (!readOnly) saver.edit(definition);
  }, [saver, definition, readOnly]);
  useEffect(
    () => () => {
      const left = saver.flush();
      leaving.set(flowId, left);
      void left.finally(() => leaving.get(flowId) === left && leaving.delete(flowId));
    },
    [saver, flowId],
  );
  const edit = useCallback((next: Edit) => readOnly || dispatch(next), [readOnly]);
  const takeTheirs = () => dispatch({ kind: 'replace', definition: saver.takeTheirs() });
  return {
    definition,
    etag: saver.base.etag,
    state,
    edit,
    retry: () => saver.retry(),
    keepMine: () => saver.keepMine(),
    takeTheirs,
  };
}
