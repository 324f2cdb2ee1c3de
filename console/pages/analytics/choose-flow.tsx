import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Card } from '../../parts/page';
import { type Filters, pathOf } from './filters';
import { useFlowChoices } from './flow-choice';

/** Advice is of one flow: which? */
export function ChooseFlow({ filters }: { filters: Filters }) {
  const { t } = useTranslation('insight');
  const { flows } = useFlowChoices();
  return (
    <Card title={t('advice.chooseFlow')}>
      <ul>
        {flows.map(({ id, workflowId, name }) => (
          <li key={id}>
            <Link href={pathOf({ ...filters, flow: workflowId })}>{name}</Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
