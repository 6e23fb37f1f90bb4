import { expect, it } from 'vitest';
import { csv } from '../../subgraphs/directory/connectors/csv.ts';
import { load } from './run.ts';

it('csv: reads people, groups and managers with the usual column names', async () => {
  const { items, problems } = await load(
    csv,
    {
      'people.csv':
        '\uFEFFid;Name;E-Mail;Manager;Groups;Skills;Status\r\n1;Ann;ann@x.example;bo@x.example;cloud;"SQL;""C""";\r\n2;Bo;bo@x.example;;cloud;;former\r\n3;Cy;;nobody;;;\r\n',
    },
    { path: 'people.csv', delimiter: ';' },
  );
  // The delimiter being `;`, lists need quotes.
  expect(items).toMatchObject([
    { key: '1', name: 'Ann', manager: '2', skills: ['SQL', '"C"'], active: true },
    { key: '2', name: 'Bo', active: false },
    { key: '3', name: 'Cy' },
    { kind: 'group', key: 'group:cloud', name: 'cloud', members: ['1', '2'] },
  ]);
  expect(problems).toEqual(['people.csv:4: the manager "nobody" is nobody in this file']);
});

it('csv: takes the rest when lines are broken, and reads what Excel writes on Windows', async () => {
  const { items, problems } = await load(
    csv,
    { 'people.csv': Buffer.from('username,name\nann,Zo\xEB\nann,Again\n,Nobody\nbo,"Bo" B,and,more\ncy\n', 'latin1') },
    { path: '.' },
  );
  expect(items).toMatchObject([
    { key: 'ann', name: 'Zoë' },
    { key: 'bo', name: '"Bo" B' },
    { key: 'cy', name: 'cy' },
  ]);
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['people.csv:3:', 'people.csv:4:']);
});

it('csv: takes columns by the option', async () => {
  const { items } = await load(
    csv,
    { 'a.csv': 'Personalnummer,Rufname,constructor,__proto__\n7,Ann,x,y\n' },
    { path: '.', columns: { id: 'personalnummer', name: ['Name', 'Rufname'] } },
  );
  expect(items).toMatchObject([{ key: '7', name: 'Ann' }]);
});

it('csv: refuses a file of which a quote swallows the rest, so that nobody seems to have left', async () => {
  await expect(load(csv, { 'a.csv': 'id,name\n1,Ann\n2,"Bo\n3,Cy\n' })).rejects.toMatchObject({
    code: 'BAD_RESPONSE',
    message: expect.stringContaining('after line 2'),
  });
});
