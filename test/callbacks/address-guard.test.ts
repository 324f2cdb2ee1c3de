import { type AllowedRanges, parseRange, whyRefused } from '../../callbacks/address-guard';

const ranges = (...texts: string[]) => texts.map(parseRange) as AllowedRanges;

test.each([
  ['0.0.0.0', 'unspecified'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['192.168.1.1', 'private'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['169.254.169.254', 'link local'],
  ['100.64.0.1', 'carrier grade'],
  ['100.100.100.200', 'carrier grade'],
  ['192.0.0.192', 'reserved'],
  ['198.18.0.1', 'reserved'],
  ['203.0.113.1', 'reserved'],
  ['224.0.0.1', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['168.63.129.16', 'metadata'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['fe80::1', 'link local'],
  ['fe80::1%eth0', 'link local'],
  ['fc00::1', 'unique local'],
  ['fd00:ec2::254', 'unique local'],
  ['fec0::1', 'site local'],
  ['ff02::1', 'multicast'],
  ['2001:db8::1', 'reserved'],
  ['2001::1', 'teredo'],
  ['4000::1', 'reserved'],
  // An IPv4 address of ours in an IPv6 one: mapped, compatible, translated, NAT64, 6to4.
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:a9fe:a9fe', 'link local'],
  ['::7f00:1', 'reserved'],
  ['::ffff:0:7f00:1', 'rfc'],
  ['64:ff9b::7f00:1', 'loopback'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['64:ff9b:1:a00:1::808:808', 'rfc'],
  ['2002:7f00:1::', 'loopback'],
  ['2002:a9fe:a9fe::1', 'link local'],
  ['no address', 'no IP address'],
])('%s is refused, in whatever way it is written', (address, why) => {
  expect(whyRefused(address, [])).toContain(why);
});

test.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808', '2002:808:808::1'])(
  '%s is on the public internet and may be called',
  (address) => {
    expect(whyRefused(address, [])).toBeNull();
  },
);

test('a range that the configuration names is permitted, and nothing beside it', () => {
  const allowed = ranges('10.1.0.0/16', 'fd00:1::/32');
  expect(whyRefused('10.1.255.255', allowed)).toBeNull();
  expect(whyRefused('::ffff:10.1.0.1', allowed)).toBeNull();
  expect(whyRefused('fd00:1::5', allowed)).toBeNull();
  expect(whyRefused('10.2.0.1', allowed)).not.toBeNull();
  expect(whyRefused('fd00:2::5', allowed)).not.toBeNull();
  expect(whyRefused('127.0.0.1', allowed)).not.toBeNull();
});

test('what is no range is known as such', () => {
  for (const text of ['10.0.0.0', 'example.com/8', '10.0.0.0/33', 'localhost', '']) expect(parseRange(text)).toBe(text);
});
