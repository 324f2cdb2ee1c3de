import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Template } from '../../schemas/template';
import type { Previewed } from '../../schemas/template-requests';
import { answer, api } from '../client/api';

const PAUSE_MS = 300;

/** The value as it was when it last stood still for a moment: one asks when the person pauses. */
export function useStill<T>(value: T, ms: number = PAUSE_MS): T {
  const [still, setStill] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setStill(JSON.parse(text) as T), ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return still;
}

export type Drawn = Pick<Template, 'channel' | 'content' | 'locales'>;

export interface Asked {
  variables: Record<string, unknown>;
  locale?: string | undefined;
  provider?: string | undefined;
}

/** What a person would get of it and what that costs, as the API says; asked again when it changes. */
export function usePreview(drawn: Drawn | null, asked: Asked) {
  const still = useStill({ drawn, asked });
  return useQuery({
    queryKey: ['template-preview', still],
    enabled: still.drawn !== null,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }): Promise<Previewed> => {
      const body = { ...(still.drawn as Drawn), ...still.asked };
      return answer(api.POST('/v1/templates/preview', { body, signal }));
    },
  });
}
