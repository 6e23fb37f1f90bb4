const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*(Z|[+-]\d\d:?\d\d|[+-]\d\d)?)?$/i;
/** RFC 4517, section 3.3.13: LDAP's time. */
const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(?:[.,]\d+)?(Z|[+-]\d{4}|[+-]\d\d)$/;
/** RFC 5322, section 3.3, and mbox's asctime. */
const WITH_MONTH_NAME = /^(?:[a-z]{3},?\s+)?(?:\d{1,2}\s+[a-z]{3}\s+\d{4}|[a-z]{3}\s+\d{1,2}\s+[\d:]{5,8}\s+\d{4})/i;

/**
 * A tool's date as ISO 8601 in UTC. A time without a zone is taken as UTC, so that a sync does not depend on where it
 * runs. What is no date, lies outside 1900–9999 or names a day the calendar lacks, is undefined.
 */
export function toIso(value: unknown): string | undefined {
  if (value instanceof Date) return fromMillis(value.getTime());
  if (typeof value === 'number') return fromMillis(Math.abs(value) < 1e11 ? value * 1000 : value);
  if (typeof value !== 'string' || value.length > 100) return undefined;
  const text = value.trim();
  const iso = ISO.exec(text);
  if (iso !== null) return fromParts(iso[1], iso[2], iso[3], iso[4] ?? '00:00', iso[5]);
  const ldap = GENERALIZED.exec(text);
  if (ldap !== null) {
    return fromParts(ldap[1], ldap[2], ldap[3], `${ldap[4]}:${ldap[5] ?? '00'}:${ldap[6] ?? '00'}`, ldap[7]);
  }
  if (!WITH_MONTH_NAME.test(text)) return undefined;
  const bare = text.replace(/\([^()]*\)/g, ' ').trim();
  const zoned = /(?:[+-]\d{4}|\b[A-Z]{1,4})$/.test(bare);
  const millis = Date.parse(zoned ? bare : `${bare} GMT`);
  // RFC 5322 calls unknown zone names -0000: the time is good, the zone is not.
  return fromMillis(Number.isNaN(millis) ? Date.parse(bare.replace(/[A-Z]{1,5}$/, 'GMT')) : millis);
}

function fromParts(year = '', month = '', day = '', time = '', zone = 'Z'): string | undefined {
  // V8 makes the 2nd of March of the 30th of February; no tool means that.
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  const offset = /^z$/i.test(zone)
    ? 'Z'
    : zone.replace(':', '').replace(/^([+-]\d\d)(\d\d)?$/, (_, h, m) => `${h}:${m ?? '00'}`);
  return fromMillis(Date.parse(`${year}-${month}-${day}T${time.replace(',', '.')}${offset}`));
}

function fromMillis(millis: number): string | undefined {
  if (!Number.isFinite(millis)) return undefined;
  const date = new Date(millis);
  const year = date.getUTCFullYear();
  return year >= 1900 && year <= 9999 ? date.toISOString() : undefined;
}
