import { useTranslation } from 'react-i18next';
import type { Previewed } from '../../schemas/template-requests';
import { money, whole } from './amounts';
import styles from './message-facts.module.css';
import { Note } from './note';

/** What a send of it comes to: how it is written, in how many parts, for how much. */
export function MessageFacts({ previewed }: { previewed: Previewed }) {
  const { t } = useTranslation('templates');
  const { message, costMicros, currency, refused, missing } = previewed;
  return (
    <div className={styles.around}>
      <dl className={styles.facts}>
        {message && (
          <>
            <Fact name={t('facts.parts')} value={whole(message.parts)} />
            <Fact name={t('facts.encoding')} value={message.encoding} />
            <Fact name={t('facts.characters')} value={whole(message.characters)} />
          </>
        )}
        <Fact name={t('facts.cost')} value={money(costMicros, currency)} />
      </dl>
      {refused && <Note tone="bad">{t(`refused.${refused}`)}</Note>}
      {missing.length > 0 && <Note tone="wait">{t('facts.missing', { names: missing.join(', ') })}</Note>}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
