import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Story } from '../../schemas/story';
import { EVENT_TYPES } from '../../schemas/vocabulary';
import { answer, api } from './api';

/** One run as it is known: what happened, what came of each step, receipts, callbacks. */
export interface FollowedRun {
  story: Story | undefined;
  error: Error | null;
  /** Whether its events come as they happen; false while the stream is being opened again. */
  live: boolean;
  again(): void;
}

/** Where the stream has ended for good by itself, as when the server was away. */
const REOPEN_MS = 3_000;
/** Several events that come at once are told by one answer. */
const GATHER_MS = 120;
/** Beside the stream, in case it is held up on the way. */
const RUNNING_LOOK_MS = 10_000;
/** Receipts come late and callbacks are tried again after the end; nothing streams them. */
const ENDED_LOOK_MS = 3_000;
const LATE_FOR_MS = 15 * 60_000;

export function storyKey(id: string) {
  return ['runs', id, 'story'] as const;
}

/** The story of a run; while it runs it is asked for anew with every event that the server sends. */
export function useRun(id: string): FollowedRun {
  const client = useQueryClient();
  const found = useQuery({
    queryKey: storyKey(id),
    queryFn: ({ signal }): Promise<Story> =>
      answer(api.GET('/v1/invocations/{id}/story', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => lookAgainMs(state.data),
  });
  const running = found.data?.invocation.status === 'running';
  const live = useStream(running ? id : null, () => void client.invalidateQueries({ queryKey: storyKey(id) }));
  return { story: found.data, error: found.error, live, again: () => void found.refetch() };
}

function lookAgainMs(story: Story | undefined): number | false {
  if (!story) return false;
  const { status, endedAt } = story.invocation;
  if (status === 'running') return RUNNING_LOOK_MS;
  const pending = story.callbacks.some((callback) => callback.status === 'pending');
  const recent = endedAt != null && Date.now() - Date.parse(endedAt) < LATE_FOR_MS;
  return pending || recent ? ENDED_LOOK_MS : false;
}

function useStream(id: string | null, onNews: () => void): boolean {
  const [live, setLive] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a stream is opened once for a run, whoever listens.
  useEffect(() => (id === null ? undefined : follow(id, onNews, setLive)), [id]);
  return live && id !== null;
}

function follow(id: string, onNews: () => void, onLive: (live: boolean) => void): () => void {
  let source: EventSource;
  let again: ReturnType<typeof setTimeout> | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  const news = () => {
    clearTimeout(gathering);
    gathering = setTimeout(onNews, GATHER_MS);
  };
  const open = () => {
    source = new EventSource(`/v1/invocations/${id}/stream`);
    source.onopen = () => onLive(true);
    for (const type of EVENT_TYPES) source.addEventListener(type, news);
    source.addEventListener('end', () => {
      source.close();
      news();
    });
    source.onerror = () => {
      onLive(false);
      // Else the browser opens it again by itself, from the last event on.
      if (source.readyState === EventSource.CLOSED) again = setTimeout(open, REOPEN_MS);
    };
  };
  open();
  return () => {
    clearTimeout(again);
    clearTimeout(gathering);
    source.close();
    onLive(false);
  };
}
