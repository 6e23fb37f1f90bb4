/** Who is asking, as the gateway established it. Subgraphs trust it and ask nothing further. */
export interface Viewer {
  /** The person's id; null for somebody unknown, who sees what everyone may. */
  readonly person: string | null;
  /** Names of the directory groups the person is in, also by way of groups inside groups; lower case. */
  readonly groups: readonly string[];
  /** Whether the state of the tools is shown in full. */
  readonly operator: boolean;
}

/** Somebody unknown. */
export const NOBODY: Viewer = { person: null, groups: [], operator: false };

/** A viewer as a short text: equal for viewers with equal rights, for cache keys. */
export function viewerKey(viewer: Viewer): string {
  return JSON.stringify([viewer.person, [...viewer.groups].toSorted(), viewer.operator]);
}
