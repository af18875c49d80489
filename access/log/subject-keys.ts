import { createHmac } from 'node:crypto';

/** What stands in the log for an entity's key: the same for the same entity, and no way back to the key without the secret. 96 bits in base64url. */
export function subjectKey(secret: string, type: string, key: string): string {
  return createHmac('sha256', secret).update(`${type}\n${key}`).digest('base64url').slice(0, 16);
}

/** Some megabytes each. */
const KEYS_MAX = 10_000;
const PAGES_MAX = 250;
/** Fewer keys are found one by one as fast: their list is another each time. */
export const PAGE_MIN = 8;

/** A page is asked for again and again, and a hash costs more than the rest of its record. */
export interface SubjectKeys {
  one(type: string, key: string): string;
  /** All of them, in their order; the same list for the same keys while it is remembered. */
  all(type: string, keys: ReadonlySet<string>): readonly string[];
}

export function rememberSubjectKeys(secret: string): SubjectKeys {
  const known = rememberRecent<string>(KEYS_MAX);
  const pages = rememberRecent<readonly string[]>(PAGES_MAX);
  const one = (type: string, key: string): string => known(`${type}\n${key}`, () => subjectKey(secret, type, key));
  const each = (type: string, keys: ReadonlySet<string>): string[] => Array.from(keys, (key) => one(type, key));
  return {
    one,
    all: (type, keys) => (keys.size < PAGE_MIN ? each(type, keys) : pages(JSON.stringify([type, ...keys]), () => each(type, keys))),
  };
}

/** What was made under at least so many names that were asked for last, at most twice as many. It costs a lookup; an LRU cache moves what it finds, too. */
function rememberRecent<T>(max: number): (name: string, make: () => T) => T {
  let young = new Map<string, T>();
  let old = young;
  return (name, make) => {
    const known = young.get(name);
    if (known !== undefined) return known;
    const made = old.get(name) ?? make();
    if (young.size >= max) {
      old = young;
      young = new Map();
    }
    young.set(name, made);
    return made;
  };
}
