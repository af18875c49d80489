import { BlockList, isIP, isIPv4 } from 'node:net';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { WebhookSettings } from '../../schema/model/configuration.ts';

/** Where webhooks may go: names that the operator allows, at addresses that are not somebody's inner network. */
export interface AddressRule {
  /** @throws {HubError} BAD_USER_INPUT: what is wrong with the URL, and where it may be allowed */
  checkUrl(url: string): URL;
  /** Asked with the very address that is then connected to. */
  mayConnect(address: string): boolean;
}

/** Loopback, private, link-local (with cloud metadata), carrier, multicast and translated addresses. */
const INNER: readonly (readonly [network: string, bits: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

/** @param settings `hosts`: names or addresses, with a port where it is not the scheme's own; `networks`: inner networks that are allowed, as `10.20.0.0/16` */
export function createAddressRule({ hosts, networks }: WebhookSettings): AddressRule {
  const inner = new BlockList();
  for (const entry of INNER) inner.addSubnet(...entry);
  const allowed = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    allowed.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  const names: ReadonlySet<string> = new Set(hosts.map((host) => host.toLowerCase()));
  const mayConnect = (address: string): boolean => {
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    return allowed.check(address, family) || !inner.check(address, family);
  };
  return {
    mayConnect,
    checkUrl(text) {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      if (!url || !['https:', 'http:'].includes(url.protocol)) throw badUrl('is no http or https URL');
      if (url.username !== '' || url.password !== '') throw badUrl('holds a name or password; the signature says who sends');
      // The parser has already made one form of an address of its many spellings.
      const host = url.hostname.replace(/^\[|\]$/g, '');
      if (!names.has(url.host.toLowerCase()))
        throw badUrl(`leads to "${url.host}", which the operator has not allowed; webhooks.hosts in hub.yaml lists who is`);
      if (isIP(host) > 0 && !mayConnect(host)) throw badUrl('leads to an inner network; the operator may allow it in webhooks.networks of hub.yaml');
      return url;
    },
  };
}

const badUrl = (what: string): HubError => new HubError('BAD_USER_INPUT', `The webhook’s URL ${what}.`);
