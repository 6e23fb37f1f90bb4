import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isInstalled, missingPackages, NOTES, REAL_SERVERS, report, whyMissing } from './real.ts';

// A machine on which nothing is installed but a Redis.
vi.mock('node:fs', async (original) => ({
  ...(await original<object>()),
  existsSync: (path: string) => path === '/usr/bin/redis-server',
}));

// What is said here is not noted for this run.
beforeEach(() => void vi.stubEnv(NOTES, undefined));
afterEach(() => void vi.unstubAllEnvs());

it('says of each server whether it ran, was there, or is missing', () => {
  const parts = report(['redis']).split(', ');
  expect(parts.map((part) => part.split(' ')[0])).toEqual(REAL_SERVERS);
  expect(parts).toContain('slapd missing (npm run servers:install)');
  expect(parts.find((part) => part.startsWith('redis'))).toMatch(/^redis ([\d.]+ )?ran$/);
  expect(report([])).toMatch(/redis ([\d.]+ )?not asked for/);
});

it('installs what is missing, and nothing else', () => {
  expect(missingPackages()).toEqual(expect.arrayContaining(['slapd', 'mediawiki', 'apache2', 'dovecot-imapd']));
  expect(missingPackages()).not.toContain('redis-server');
});

it('lets tests go without a server, but not in CI', () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  vi.stubEnv('CI', undefined);
  expect([isInstalled('slapd'), isInstalled('redis')]).toEqual([false, true]);
  expect(warn).toHaveBeenCalledWith(`Skipped: slapd ${whyMissing('slapd')}`);
  vi.stubEnv('CI', 'true');
  expect(() => isInstalled('slapd')).toThrow('slapd: missing (npm run servers:install)');
  expect(isInstalled('redis')).toBe(true);
});
