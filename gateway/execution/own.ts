/** Names an ordinary object already answers to; a client may choose them as aliases. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Reads a value by a response name, never an inherited one. */
export function reader(name: string): (source: Record<string, unknown>) => unknown {
  if (INHERITED.has(name)) return (source) => (Object.hasOwn(source, name) ? source[name] : undefined);
  return (source) => source[name];
}

/** Sets a value under a response name; `__proto__` is a name like any other. */
export function assign(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[name] = value;
  }
}

/** Whether a value is an object with fields: no list, no null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
