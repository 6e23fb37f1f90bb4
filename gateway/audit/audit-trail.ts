import { pino, stdTimeFunctions, type Logger } from 'pino';
import type { Viewer } from '../../subgraphs/kit/viewer.ts';

/** What is known of a request when it ends; filled in as it goes through the gateway. */
export interface AuditNote {
  /** In whose name; undefined when that could not be established. */
  viewer?: Viewer | undefined;
  /** The operation's name, if it has one that is in the document. */
  operation?: string | undefined;
  /** SHA-256 of the document: the same as of a persisted operation. */
  hash?: string | undefined;
  /** Whether the operation was executed. */
  hasData?: boolean | undefined;
  /** Codes of what was refused or failed. */
  codes: readonly string[];
}

/** How a request ended. */
export interface AuditEnd {
  readonly requestId: string;
  readonly ms: number;
  /** Absent for operations asked within the process. */
  readonly status?: number | undefined;
}

/** Who asked which operation, and whether they were answered: one line a request, never what it asked or was told. */
export interface AuditTrail {
  write(note: AuditNote, end: AuditEnd): void;
  close(): void;
}

/** A name is part of the document, and could be as long. */
const MAX_NAME = 100;

/** Opens the trail. @throws when the file cannot be written */
export function openAuditTrail({ file }: { readonly file?: string | undefined }, log: Logger): AuditTrail {
  const toFile = file === undefined ? undefined : openFile(file, log);
  const lines = toFile?.lines ?? log;
  return {
    write: (note, end) => lines.info(lineOf(note, end), 'operation'),
    close: () => toFile?.close(),
  };
}

/** Each line is written before the next is made, so that none is lost with the process. */
function openFile(file: string, log: Logger) {
  const destination = pino.destination({ dest: file, append: true, mode: 0o600, sync: true });
  let isReported = false;
  destination.on('error', (error: Error) => {
    if (!isReported) log.error({ err: error }, 'the audit log cannot be written; requests are answered without it');
    isReported = true;
  });
  const lines = pino({ base: null, timestamp: stdTimeFunctions.isoTime }, destination);
  return { lines, close: () => destination.end() };
}

function lineOf({ viewer, operation, hash, hasData = false, codes }: AuditNote, end: AuditEnd) {
  return {
    requestId: end.requestId,
    who: whoIs(viewer),
    ...(viewer?.person && { person: viewer.person }),
    ...(viewer?.service !== undefined && { service: viewer.service }),
    operation: operation?.slice(0, MAX_NAME) ?? null,
    hash: hash ?? null,
    decision: decisionOf(hasData, codes),
    codes,
    ms: Math.round(end.ms * 10) / 10,
    ...(end.status !== undefined && { status: end.status }),
  };
}

function whoIs(viewer: Viewer | undefined): 'person' | 'service' | 'nobody' | 'unknown' {
  if (!viewer) return 'unknown';
  if (viewer.person !== null) return 'person';
  // Rights of no person are a service's, also of one that was asked for within the process, without a token.
  return viewer.service !== undefined || viewer.groups.length > 0 || viewer.operator ? 'service' : 'nobody';
}

function decisionOf(hasData: boolean, codes: readonly string[]): 'allowed' | 'partly' | 'refused' {
  if (!hasData) return 'refused';
  return codes.includes('FORBIDDEN') ? 'partly' : 'allowed';
}
