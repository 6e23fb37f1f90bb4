/** Who is asking, as the gateway established it. Subgraphs trust it and ask nothing further. */
export interface Viewer {
  /** The person's id; null for somebody unknown, who sees what everyone may. */
  readonly person: string | null;
  /** The name of the service that asks by a token of its own; such a viewer is no person. */
  readonly service?: string | undefined;
  /** Whether they showed who they are, even where the directory does not know them. */
  readonly signedIn?: boolean | undefined;
  /** Names of the directory groups the person is in, also by way of groups inside groups; lower case. */
  readonly groups: readonly string[];
  /** Ids of further people whose items may be read: a service's, where it was given such rights. */
  readonly persons?: readonly string[] | undefined;
  /** What they may have beyond reading: `people:contact`. None unless said. */
  readonly scopes?: readonly string[] | undefined;
  /** Whether the state of the tools is shown in full. */
  readonly operator: boolean;
}

/** Somebody unknown. */
export const NOBODY: Viewer = { person: null, groups: [], operator: false };

/** A viewer as a short text: equal for viewers with equal rights, for cache keys. */
export function viewerKey(viewer: Viewer): string {
  const { person, service = null, signedIn = false, groups, persons = [], scopes = [], operator } = viewer;
  const sorted = (list: readonly string[]) => [...list].toSorted();
  return JSON.stringify([person, service, signedIn, sorted(groups), sorted(persons), sorted(scopes), operator]);
}
