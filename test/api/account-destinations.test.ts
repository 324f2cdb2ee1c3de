import { destinationsOf } from '../../api/account-destinations';

it.each<[string, object, string[]]>([
  ['nothing but the provider itself', { from: '+4915112345678' }, []],
  ['a server of its own, whatever the path', { apiUrl: 'https://gw.example:8443/v1' }, ['https://gw.example:8443']],
  [
    'a gateway’s requests, each with its own',
    {
      send: { url: 'https://gw.example/send?to={{address}}', headers: { origin: 'https://not.a.destination' } },
      lookup: { url: 'https://status.example/{{providerMessageId}}' },
    },
    ['https://gw.example', 'https://status.example'],
  ],
  ['an SMSC', { host: 'smsc.example', port: 2776, sourceAddress: 'Onward' }, ['smsc.example:2776']],
  ['what cannot be read, as it is', { tokenUrl: 'nowhere' }, ['nowhere:']],
])('%s', (_, settings, wanted) => {
  expect([...destinationsOf(settings)]).toEqual(wanted);
});
