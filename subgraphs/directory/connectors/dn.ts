/**
 * A distinguished name in one spelling, for comparing: lower case, no blanks around `,`, `+` and `=`, escapes resolved
 * and written again one way, multi-valued RDNs in order (RFC 4514). What is no DN comes back trimmed and in lower case.
 */
export function normaliseDn(dn: string): string {
  const rdns = splitDn(dn);
  return rdns === undefined ? dn.trim().toLowerCase() : rdns.join(',');
}

/** The name of the entry above, or '' for none. */
export function parentDn(normalised: string): string {
  return (splitDn(normalised) ?? []).slice(1).join(',');
}

/** The normalised RDNs of a DN, first the entry's own; undefined when it is not one. */
export function splitDn(dn: string): string[] | undefined {
  const rdns: string[] = [];
  for (const rdn of splitAt(dn, ',;')) {
    const parts: string[] = [];
    for (const part of splitAt(rdn, '+')) {
      const at = part.indexOf('=');
      if (at <= 0) return undefined;
      parts.push(`${part.slice(0, at).trim().toLowerCase()}=${escape(unescape(part.slice(at + 1)).toLowerCase())}`);
    }
    rdns.push(parts.sort().join('+'));
  }
  return rdns.length === 0 ? undefined : rdns;
}

/** Attribute type and value of each part of a name's own RDN: `cn=Ann+uid=a` has two. */
export function rdnValues(dn: string): [type: string, value: string][] {
  const own = splitAt(dn, ',;')[0] ?? '';
  return splitAt(own, '+').flatMap((part): [string, string][] => {
    const at = part.indexOf('=');
    return at <= 0 ? [] : [[part.slice(0, at).trim(), unescape(part.slice(at + 1))]];
  });
}

function splitAt(text: string, separators: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    // Quoted values are RFC 2253's older form; exports of old servers still have them.
    else if (char === '"') quoted = !quoted;
    else if (!quoted && separators.includes(char)) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return text.trim() === '' ? [] : parts;
}

function unescape(value: string): string {
  let text = value.replace(/^\s+/, '');
  text = text.replace(/(?<!\\)((?:\\\\)*)\s+$/, '$1');
  if (text.length > 1 && text.startsWith('"') && text.endsWith('"')) text = text.slice(1, -1);
  if (!text.includes('\\')) return text;
  return text.replace(/(?:\\[0-9a-f]{2})+|\\(.)/gi, (all, char?: string) =>
    char !== undefined ? char : Buffer.from(all.replaceAll('\\', ''), 'hex').toString('utf8'),
  );
}

function escape(value: string): string {
  return value
    .replace(/[,;+"\\<>=]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/(?<=.) $/, '\\ ');
}
