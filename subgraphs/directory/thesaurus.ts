import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConnectorError } from '../kit/errors.ts';
import { termsOf } from '../kit/search/analyze.ts';

const Concept = z.strictObject({
  prefLabel: z.string().min(1).describe('The preferred name of the topic'),
  altLabels: z.array(z.string().min(1)).default([]).describe('Other names of the same topic'),
  related: z.array(z.string().min(1)).default([]).describe('Preferred names of topics that go with it'),
});

/** A topic with its names (SKOS Concept). */
export type Concept = z.infer<typeof Concept>;

/** What the thesaurus knows of a question. */
export interface ThesaurusEntry {
  /** The preferred name of the topic, if the question is one of its names. */
  readonly label: string | null;
  /** Other names of the topics named in the question. */
  readonly synonyms: readonly string[];
  readonly related: readonly string[];
}

/** More names than these are not searched for. */
const MAX_SYNONYMS = 12;

/** The names of topics: preferred and alternative labels, as SKOS has them. */
export class Thesaurus {
  readonly #concepts = new Map<string, Concept>();
  #longest = 0;

  constructor(concepts: readonly Concept[]) {
    for (const concept of concepts) {
      for (const label of [concept.prefLabel, ...concept.altLabels]) {
        const terms = termsOf(label);
        this.#longest = Math.max(this.#longest, terms.length);
        // The first topic that has a name keeps it.
        if (terms.length > 0 && !this.#concepts.has(terms.join(' '))) this.#concepts.set(terms.join(' '), concept);
      }
    }
  }

  /** What is known of a question: the topics whose names stand in it, longest names first. */
  lookUp(query: string): ThesaurusEntry {
    const terms = termsOf(query).slice(0, 64);
    const found = new Set<Concept>();
    const said = new Set<string>();
    const taken = new Set<number>();
    for (let length = Math.min(this.#longest, terms.length); length > 0; length--) {
      for (let start = 0; start + length <= terms.length; start++) {
        const name = terms.slice(start, start + length).join(' ');
        const concept = this.#concepts.get(name);
        const places = Array.from({ length }, (_, index) => start + index);
        if (!concept || places.some((place) => taken.has(place))) continue;
        for (const place of places) taken.add(place);
        found.add(concept);
        said.add(name);
      }
    }
    const labels = [...found].flatMap(({ prefLabel, altLabels }) => [prefLabel, ...altLabels]);
    return {
      label: this.#concepts.get(terms.join(' '))?.prefLabel ?? null,
      synonyms: labels.filter((label) => !said.has(termsOf(label).join(' '))).slice(0, MAX_SYNONYMS),
      related: [...new Set([...found].flatMap(({ related }) => related))],
    };
  }

  /** The preferred name of a topic, by any of its names. */
  preferred(name: string): string | undefined {
    return this.#concepts.get(termsOf(name).join(' '))?.prefLabel;
  }
}

/**
 * Reads a thesaurus file: YAML, a list of `{ prefLabel, altLabels, related }`.
 * @throws ConnectorError MISCONFIGURED when it cannot be read or is no such list.
 */
export function readThesaurus(path: string): Thesaurus {
  try {
    return new Thesaurus(z.array(Concept).parse(parse(readFileSync(path, 'utf8'))));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : 'it cannot be read as YAML.';
    throw new ConnectorError('MISCONFIGURED', `The thesaurus file "${path}" is not usable: ${reason}`, {
      cause: error,
    });
  }
}
