import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, onReached } from '../client/api';

const LOOK_MS = 2_000;

/** Says that the server does not answer, looks until it does, and then has everything asked anew. */
export function Unreachable({ className }: { className: string | undefined }) {
  const { t } = useTranslation('shell');
  const client = useQueryClient();
  const [reached, setReached] = useState(true);
  useEffect(() => onReached(setReached), []);
  useEffect(() => {
    if (reached) return;
    const look = () => void api.GET('/healthz').catch(() => {});
    const looking = setInterval(look, LOOK_MS);
    return () => {
      clearInterval(looking);
      void client.invalidateQueries();
    };
  }, [reached, client]);
  return (
    <div role="status" className={reached ? undefined : className}>
      {!reached && t('unreachable')}
    </div>
  );
}
