import { useTranslation } from 'react-i18next';
import type { Previewed } from '../../schemas/template-requests';
import { money, whole } from './amounts';
import { Fact } from './fact';
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
            <Fact name={t('facts.parts')}>{whole(message.parts)}</Fact>
            <Fact name={t('facts.encoding')}>{message.encoding}</Fact>
            <Fact name={t('facts.characters')}>{whole(message.characters)}</Fact>
          </>
        )}
        <Fact name={t('facts.cost')}>{money(costMicros, currency)}</Fact>
      </dl>
      {refused && <Note tone="bad">{t(`refused.${refused}`)}</Note>}
      {missing.length > 0 && <Note tone="wait">{t('facts.missing', { names: missing.join(', ') })}</Note>}
    </div>
  );
}
