import { assetUrl, type AssetName, type Assets } from './assets.ts';
import type { SampleOperation } from './operations.ts';

/** A person one may ask as, in development. */
export interface ExplorerViewer {
  readonly id: string;
  readonly name: string;
  readonly title?: string | null | undefined;
}

/** What one page shows. */
export interface ExplorerPage {
  readonly title: string;
  readonly endpoint: string;
  readonly operations: readonly SampleOperation[];
  /** Left out: no choice is offered. `unavailable`: there should be one, but people cannot be listed now. */
  readonly viewers?: readonly ExplorerViewer[] | 'unavailable' | undefined;
  readonly assets: Assets;
}

/** Headers of the page: it may talk to this server and to nobody else. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    // GraphiQL's dialogs write a <style> element to lock scrolling; no script can come in this way.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // It carries names of people, and the operations may change at any time.
  'cache-control': 'no-store',
} as const;

/** The explorer's HTML. Every value from outside is escaped here. */
export function renderPage({ title, endpoint, operations, viewers, assets }: ExplorerPage): string {
  const url = (name: AssetName) => escapeHtml(assetUrl(assets, name));
  const name = escapeHtml(title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name} explorer</title>
<link rel="icon" type="image/svg+xml" href="${url('icon.svg')}">
<link rel="stylesheet" href="${url('graphiql.css')}">
<link rel="stylesheet" href="${url('explorer.css')}">
<script defer src="${url('react.js')}"></script>
<script defer src="${url('react-dom.js')}"></script>
<script defer src="${url('graphiql.js')}"></script>
<script type="module" src="${url('explorer.js')}"></script>
</head>
<body>
<header class="bar">
<h1><img src="${url('icon.svg')}" alt="" width="20" height="20">${name}</h1>
<p>One GraphQL query returns the people, content and conversations on a topic, from the tools the company already has.</p>
<div class="controls">
${renderViewers(viewers)}<button type="button" id="restore" title="Close all tabs and open the sample operations again">Restore samples</button>
<a id="sandbox" href="https://studio.apollographql.com/sandbox/explorer" target="_blank" rel="noopener noreferrer" title="Apollo's hosted explorer; needs the internet, and this server to allow its origin">Apollo Sandbox ↗</a>
</div>
</header>
<main id="explorer"><p class="loading">Loading the explorer…</p></main>
<noscript>The explorer needs JavaScript. Any GraphQL client can POST to ${escapeHtml(endpoint)} instead.</noscript>
<script type="application/json" id="explorer-data">${scriptJson({ endpoint, operations })}</script>
</body>
</html>
`;
}

function renderViewers(viewers: ExplorerPage['viewers']): string {
  if (viewers === undefined) return '';
  if (viewers === 'unavailable') {
    return '<p class="notice" role="status">Asking as nobody: the people cannot be listed now.</p>\n';
  }
  const options = viewers.map(({ id, name, title }) => {
    const label = title ? `${name} — ${title}` : name;
    return `<option value="${escapeHtml(id)}">${escapeHtml(label)}</option>`;
  });
  return `<label for="viewer">Asking as</label>
<select id="viewer"><option value="">nobody</option>${options.join('')}</select>
<label for="trace" title="Show in each answer, under extensions, what the plan was and where the time went"><input type="checkbox" id="trace"> Trace</label>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function scriptJson(value: unknown): string {
  // `</script>` and `<!--` would end or derail the element whatever quotes surround them.
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}
