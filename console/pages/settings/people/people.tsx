import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../client/api';
import { Button } from '../../../parts/button';
import { Card, Page } from '../../../parts/page';
import { Table } from '../../../parts/table';
import { Listed } from '../listed';
import { usePages } from '../pages-of';
import { InvitationOnce, type Invited } from './invitation-once';
import { InviteForm } from './invite-form';
import { usePersonColumns } from './person-columns';
import { PersonDialog } from './person-dialog';
import { RolesTable } from './roles-table';

export default function People() {
  const { t } = useTranslation('settings');
  const people = usePages(['people'], {}, (query, signal) =>
    answer(api.GET('/v1/people', { params: { query }, signal })),
  );
  const [inviting, setInviting] = useState(false);
  const [invited, setInvited] = useState<Invited | null>(null);
  const [managed, setManaged] = useState<string | null>(null);
  const columns = usePersonColumns(({ id }) => setManaged(id));
  const show = (next: Invited) => {
    setInviting(false);
    setManaged(null);
    setInvited(next);
  };
  const person = people.items?.find(({ id }) => id === managed);
  return (
    <Page
      title={t('section.people')}
      about={t('people.about')}
      actions={
        <Button primary aria-expanded={inviting} onClick={() => setInviting(!inviting)}>
          {t('person.invite')}
        </Button>
      }
    >
      {inviting && <InviteForm onInvited={show} onClose={() => setInviting(false)} />}
      <Card>
        <Listed of={people}>
          {(items) => <Table caption={t('section.people')} columns={columns} rows={items} rowKey={({ id }) => id} />}
        </Listed>
      </Card>
      <RolesTable />
      {person && <PersonDialog person={person} onInvited={show} onClose={() => setManaged(null)} />}
      {invited && <InvitationOnce invited={invited} onClose={() => setInvited(null)} />}
    </Page>
  );
}
