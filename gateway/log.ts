import { createRequire } from 'node:module';
import { pino, type Logger } from 'pino';
import type Pretty from 'pino-pretty';
import type { Config } from './config/schema.ts';

// What most starts do without is not loaded before it is needed.
const require = createRequire(import.meta.url);

/** Headers and fields that must never be in a log. */
const SECRET_PATHS = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-atrium-signature"]',
  '*.password',
  '*.secret',
  '*.token',
];

/** The log, on standard error: what the program prints for people stays apart from it. */
export function createLog(config: Config['log']): Logger {
  const isPretty = config.format === 'pretty' || (config.format === 'auto' && process.stderr.isTTY);
  const options = { level: config.level, redact: SECRET_PATHS, base: null };
  if (!isPretty) return pino(options, pino.destination({ dest: 2, sync: false }));
  const pretty = require('pino-pretty') as typeof Pretty;
  return pino(options, pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' }));
}
