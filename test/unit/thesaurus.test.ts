import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readThesaurus, Thesaurus } from '../../subgraphs/directory/thesaurus.ts';

const thesaurus = new Thesaurus([
  { prefLabel: 'TLS certificate rotation', altLabels: ['cert renewal', 'SSL certificates'], related: ['VPN access'] },
  { prefLabel: 'VPN access', altLabels: ['remote access'], related: ['single sign-on'] },
  { prefLabel: 'access', altLabels: ['SSL certificates'], related: [] },
  { prefLabel: 'C++ build times', altLabels: ['ccache'], related: [] },
]);

describe('a question that is a name of a topic', () => {
  it.each(['TLS certificate rotation', 'cert renewal', 'Cert Renewals', 'SSL  certificate?'])(
    '%s is labelled by the preferred name',
    (name) => expect(thesaurus.lookUp(name).label).toBe('TLS certificate rotation'),
  );

  it('is searched for by the other names, not twice by its own', () => {
    expect(thesaurus.lookUp('cert renewal')).toEqual({
      label: 'TLS certificate rotation',
      synonyms: ['TLS certificate rotation', 'SSL certificates'],
      related: ['VPN access'],
    });
  });

  it('belongs to the first topic of that name', () => {
    expect(thesaurus.preferred('SSL certificates')).toBe('TLS certificate rotation');
  });
});

describe('a question with names in it', () => {
  it('has no label, but their synonyms', () => {
    const entry = thesaurus.lookUp('who knows about cert renewal over remote access');
    expect(entry.label).toBeNull();
    expect(entry.synonyms).toEqual(['TLS certificate rotation', 'SSL certificates', 'VPN access']);
    expect(entry.related).toEqual(['VPN access', 'single sign-on']);
  });

  it('takes the longest name at a place', () => {
    // "access" alone is a topic too, but not inside "VPN access".
    expect(thesaurus.lookUp('ask for VPN access').synonyms).toEqual(['remote access']);
  });
});

it.each(['', '???', 'lunch', 'C build times'])('knows nothing of "%s"', (query) => {
  expect(thesaurus.lookUp(query)).toEqual({ label: null, synonyms: [], related: [] });
  expect(thesaurus.preferred(query)).toBeUndefined();
});

it('searches for a dozen other names at most', () => {
  const altLabels = Array.from({ length: 40 }, (_, index) => `name${index}`);
  const many = new Thesaurus([{ prefLabel: 'topic', altLabels, related: [] }]);
  expect(many.lookUp('topic').synonyms).toEqual(altLabels.slice(0, 12));
});

describe('a thesaurus file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-thesaurus-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (text: string) => {
    const path = join(folder, 'thesaurus.yaml');
    writeFileSync(path, text);
    return readThesaurus(path);
  };

  it('needs a preferred name, all else may be missing', () => {
    expect(read('- prefLabel: travel').lookUp('travel').label).toBe('travel');
  });

  it.each([
    ['a key nobody knows', '- { prefLabel: travel, altLabel: [trips] }', /altLabel/],
    ['no preferred name', '- { altLabels: [trips] }', /prefLabel/],
    ['no list', 'travel: trips', /not usable/],
    ['no YAML', '- [', /cannot be read as YAML/],
  ])('with %s is refused, by name', (_what, text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
  });

  it('that is missing is refused', () => {
    expect(() => readThesaurus(join(folder, 'missing.yaml'))).toThrow(
      expect.objectContaining({ code: 'MISCONFIGURED', message: expect.stringContaining('missing.yaml') }),
    );
  });
});
