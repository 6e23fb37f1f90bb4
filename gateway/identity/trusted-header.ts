import { BlockList, isIP } from 'node:net';
import type { Auth } from '../config/auth.ts';
import { headerValues, type Wire } from './bearer.ts';
import { unauthenticated } from './refusal.ts';

/** Takes from named proxies who signed in there. */
export class TrustedHeader {
  readonly #header: string;
  readonly #proxies = new BlockList();

  constructor({ header, proxies }: NonNullable<Auth['trustedHeader']>) {
    this.#header = header.toLowerCase();
    for (const proxy of proxies) {
      const [address = '', bits] = proxy.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#proxies.addAddress(address, family);
      else this.#proxies.addSubnet(address, Number(bits), family);
    }
  }

  /**
   * The name a proxy gave; undefined for none.
   * @throws UNAUTHENTICATED when anybody else gave it, or it is no name.
   */
  nameIn(request: Wire): string | undefined {
    const given = headerValues(request, this.#header);
    if (given.length === 0) return undefined;
    if (!this.#isProxy(request.socket.remoteAddress)) {
      throw unauthenticated(`The header ${this.#header} is taken from the proxy before this server only.`);
    }
    const [name = ''] = given;
    if (given.length > 1 || !/^[^\s,;\p{Cc}][^,;\p{Cc}]{0,319}$/u.test(name)) {
      throw unauthenticated(`The header ${this.#header} does not hold one name.`);
    }
    return name.trim();
  }

  #isProxy(address = ''): boolean {
    // A socket that listens on IPv6 has IPv4 neighbours under such names.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const version = isIP(plain);
    return version !== 0 && this.#proxies.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  }
}
