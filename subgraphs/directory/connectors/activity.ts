import { toIso } from '../../kit/text/dates.ts';

/** The attributes that tell a leaver or a locked account, in lower case. */
export const ACTIVITY_ATTRIBUTES = [
  'employeetype',
  'nsaccountlock',
  'useraccountcontrol',
  'pwdaccountlockedtime',
  'accountexpires',
  'krbprincipalexpiration',
] as const;

/** Seconds between 1601, where Windows begins to count, and 1970. */
const WINDOWS_EPOCH = 11_644_473_600;

/**
 * Whether none of the ways is set in which directories mark a leaver or a locked account. Too many wrong passwords are
 * no such mark: that passes.
 * @param values the text values of an attribute, its name in lower case.
 */
export function isActive(values: (name: string) => readonly string[], nowMs: number): boolean {
  const is = (name: (typeof ACTIVITY_ATTRIBUTES)[number], test: (value: string) => boolean): boolean =>
    values(name).some((value) => test(value.trim().toLowerCase()));
  return !(
    is('employeetype', (value) => value === 'former') ||
    is('nsaccountlock', (value) => value === 'true') ||
    // [MS-ADTS] 2.2.16: ADS_UF_ACCOUNT_DISABLE
    is('useraccountcontrol', (value) => (Number.parseInt(value, 10) & 2) !== 0) ||
    // draft-behera-ldap-password-policy, 5.3.3: locked until an administrator acts
    is('pwdaccountlockedtime', (value) => value === '000001010000z') ||
    is('accountexpires', (value) => windowsTime(value) < nowMs) ||
    is('krbprincipalexpiration', (value) => Date.parse(toIso(value.toUpperCase()) ?? '') < nowMs)
  );
}

/** Tenths of microseconds since 1601, in milliseconds since 1970; 0 and the largest number mean never ([MS-ADA1] 2.2). */
function windowsTime(text: string): number {
  const ticks = /^\d{1,19}$/.test(text) ? Number(text) : 0;
  return ticks === 0 ? Number.NaN : ticks / 10_000 - WINDOWS_EPOCH * 1000;
}
