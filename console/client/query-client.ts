import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem';

const TRIES = 3;

/** What passes by itself is tried again, with growing pauses; what was refused is told at once. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < TRIES - 1 && error instanceof ApiProblem && error.passing,
      retryDelay: (failures) => Math.min(1_000 * 2 ** failures, 8_000),
      // A page that cannot be reached is asked as well: the server may be on this very machine.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
