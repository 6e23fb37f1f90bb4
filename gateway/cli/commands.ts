import type { Command, Option } from './command.ts';

const config: Option = {
  value: 'FILE',
  about: 'The configuration; else atrium.yaml in this folder, else the sample company',
};

/** ADD A COMMAND: one entry here, one file in commands/. */
export const commands: readonly Command[] = [
  {
    name: 'start',
    summary: 'Serve, and keep the mirrors of the tools in step',
    options: {
      config,
      host: { value: 'HOST', about: 'Address to listen on, instead of the configured one' },
      port: {
        value: 'N',
        range: [0, 65_535],
        about: 'Port to listen on, instead of the configured one; 0 takes a free one',
      },
      as: { value: 'PERSON', about: 'Answer in the name of this person (mail or user name); for trying out' },
      supergraph: {
        value: 'FILE',
        about: 'Serve this composed schema, also of subgraphs of others; watched for changes',
      },
      subgraphs: { value: 'NAME=URL,…', about: 'Where further subgraphs are, when not where the schema says' },
      only: { value: 'SUBGRAPH', about: 'Serve this subgraph alone: directory, documents or forum' },
      fresh: { about: 'Drop what is stored first, and read everything again' },
    },
    load: async () => (await import('./commands/start.ts')).runStart,
  },
  {
    name: 'sync',
    summary: 'Read the tools once, and tell what could not be used',
    about: 'For filling the stores without serving. A gateway that runs does so by itself.',
    options: {
      config,
      source: { value: 'NAME', about: 'Only this source' },
      problems: { about: 'List all items that could not be used, not only the first' },
    },
    load: async () => (await import('./commands/sync.ts')).runSync,
  },
  {
    name: 'doctor',
    summary: 'Check configuration, tools, stores and cache',
    about: 'Fails (1) if anything failed. A tool that did not answer in time is unknown, not failed.',
    options: {
      config,
      json: { about: 'As JSON' },
      'accept-shrink': {
        about: 'First let sources that stopped because more than half of their items are gone delete them, once',
      },
      source: { value: 'NAME', about: 'With --accept-shrink: only this source' },
    },
    load: async () => (await import('./commands/doctor.ts')).runDoctor,
  },
  {
    name: 'ask',
    summary: 'Ask for the people, content and conversations on a topic',
    about:
      'Asks the running gateway, with the token in ATRIUM_TOKEN if there is one; where none runs, answers from the stores in this process.',
    words: '"TOPIC"',
    options: {
      config,
      url: { value: 'URL', about: 'Address of the gateway, instead of the configured one' },
      as: { value: 'PERSON', about: 'In the name of this person (mail or user name), where development allows it' },
      first: { value: 'N', range: [1, 100], about: 'At most so many of each; else 5' },
      json: { about: 'The whole answer as JSON' },
    },
    load: async () => (await import('./commands/ask.ts')).runAsk,
  },
  {
    name: 'token',
    summary: 'Make, list and revoke tokens for services such as reporting tools',
    about: 'A service reads what everyone may, and what it is given here. Its token is shown once, when it is made.',
    words: 'create NAME | list | revoke NAME',
    options: {
      config,
      scopes: { value: 'SCOPE,…', about: 'What it may have beyond reading: reports:read, people:contact' },
      groups: { value: 'GROUP,…', about: 'Groups whose items it may read' },
      persons: { value: 'PERSON,…', about: 'People (mail or user name) whose items it may read' },
      days: { value: 'N', range: [1, 3_650], about: 'Good for so many days; else 90' },
      json: { about: 'The list as JSON' },
    },
    load: async () => (await import('./commands/token.ts')).runToken,
  },
  {
    name: 'config',
    summary: 'Show the effective configuration, without secrets',
    options: { config },
    load: async () => (await import('./commands/config.ts')).runConfig,
  },
  {
    name: 'compose',
    summary: 'Compose the schemas of the subgraphs into one',
    about: 'Writes schema/supergraph.graphql and schema/api.graphql.',
    options: { check: { about: 'Write nothing; fail (1) if the files are stale' } },
    load: async () => (await import('./commands/compose.ts')).runCompose,
  },
];
