import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../client/problem';
import { Button } from './button';
import { Note } from './note';

/** What could not be had or done, why, how to mend it, and the way to try again. */
export function ProblemNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation('parts');
  const problem = error instanceof ApiProblem ? error : null;
  const detail = problem?.message ?? String(error);
  const title =
    problem?.status === 0 ? t('unreachable') : t(problem && !problem.passing ? 'refused' : 'failed', { detail });
  return (
    <Note tone="bad" title={title}>
      {problem?.hint && <p>{problem.hint}</p>}
      {problem && problem.faults.length > 0 && (
        <ul>
          {problem.faults.map(({ pointer, message }) => (
            <li key={pointer + message}>
              <code>{pointer || '/'}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {problem?.retryAfterSeconds != null && <p>{t('retryIn', { seconds: problem.retryAfterSeconds })}</p>}
      {onRetry && <Button onClick={onRetry}>{t('retry')}</Button>}
    </Note>
  );
}
