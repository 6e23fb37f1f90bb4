import type { Call, Problem } from '../../../kit/connector.ts';
import type { MessageHead } from './heads.ts';
import type { Message } from './message.ts';

/** All the mails there are, by their heads. */
export interface Heads<Head extends MessageHead> {
  /** In an order that depends on the tool's state alone. */
  readonly heads: readonly Head[];
  readonly problems: readonly Problem[];
  /** False when some could not be looked at: what is missing is then not gone. */
  readonly isWhole: boolean;
}

/** A tool's mails as they are at one moment. */
export interface MailView<Head extends MessageHead> extends AsyncDisposable {
  /** Equal means that no mail came, went or changed in between. */
  readonly state: string;
  look(): Promise<Heads<Head>>;
  /** Reads mails; for one that cannot be read, why not; one that is gone meanwhile is left out. @throws ConnectorError when the tool cannot be read. */
  read(heads: readonly Head[]): Promise<ReadonlyMap<Head, Message | Error>>;
  /** Whether what was read still belongs to `state`. */
  isSteady(): Promise<boolean>;
}

/** Where mails lie: archives in files, or a server. */
export interface MailTool<Head extends MessageHead> {
  /** As many mails as this are read at once. */
  readonly ahead: number;
  /** @throws ConnectorError when there is nothing to read. */
  view(call: Call): Promise<MailView<Head>>;
}
