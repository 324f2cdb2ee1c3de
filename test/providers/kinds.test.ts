import { PROVIDER_KINDS } from '../../providers/kinds';
import { providerKindSchema } from '../../schemas/provider-account';
import { validator } from '../../schemas/validate';

const judge = validator(providerKindSchema, 'a provider that has accounts');

it.each(PROVIDER_KINDS)('what an account of $provider holds is such as GET /v1/provider-kinds promises', (kind) => {
  const { provider, settings, credentials } = kind;
  expect(judge({ provider, settings, credentials })).toMatchObject({ ok: true });
});
