/** Header fields of an answer: names in lower case, what came more than once joined by commas. */
export type ResponseHeaders = ReadonlyMap<string, string>;

/** A request with the method POST. */
export interface TransportRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Most bytes of the answer's body, as they come over the wire. */
  readonly answerBytes: number;
}

/** Is told how a request goes: its head once, then its body or the failure; the failure alone where no head came. */
export interface Receiver {
  /** The final status and its headers have come. What is thrown ends the request and is its failure. */
  head(status: number, headers: ResponseHeaders): void;
  /** @param bytes good until this returns: the memory is used again */
  body(bytes: Buffer): void;
  /** @param error a `TransportFault`, or what `head` threw */
  failed(error: unknown): void;
}

/** Ends a request at once, its connection too; its receiver is told nothing more. Nothing when it is over. */
export type Cancel = () => void;

/** How requests come to one address. Time limits are the caller's, but for the one of making a connection. */
export interface Transport {
  /** @throws TransportFault, for some failures at once; the receiver is not told of those */
  post(request: TransportRequest, receiver: Receiver): Cancel;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** What went wrong with a request. */
export type Fault =
  /** The connection was refused, or ended before any byte of the answer. */
  | 'nothing came'
  /** It could not be sent for another reason. */
  | 'not sent'
  | 'broke off'
  | 'no HTTP'
  | 'too large';

/** Thrown for a request that has no whole answer. */
export class TransportFault extends Error {
  readonly fault: Fault;

  constructor(fault: Fault, cause?: unknown) {
    super(typeof cause === 'string' ? `${fault}: ${cause}` : fault, typeof cause === 'string' ? {} : { cause });
    this.fault = fault;
  }
}
