/**
 * Starts GraphiQL in the browser: plain JavaScript, served as it stands.
 *
 * React, ReactDOM and GraphiQL are globals from the bundles loaded before.
 *
 * @typedef {{ query: string, variables?: string }} Tab
 * @typedef {{ endpoint: string, operations: Tab[] }} ExplorerData
 */

const VIEWER_KEY = 'atrium:viewer';
const TABS_KEY = 'graphiql:tabState';
/** What GraphiQL keeps of the open tabs; its theme, layout and history are not in here. */
const TAB_KEYS = [TABS_KEY, 'graphiql:query', 'graphiql:variables', 'graphiql:headers', 'graphiql:operationName'];

/** @type {ExplorerData} */
const data = JSON.parse(document.getElementById('explorer-data')?.textContent ?? '');
const viewer = /** @type {HTMLSelectElement | null} */ (document.getElementById('viewer'));
const trace = /** @type {HTMLInputElement | null} */ (document.getElementById('trace'));
const storage = openStorage();

rememberViewer();
alignActiveTab();
linkSandbox();
offerRestore();
wrapLines();
start();

/**
 * Sends one operation; a failure becomes a GraphQL error, so that the answer pane can say what happened.
 *
 * @param {{ query: string, variables?: unknown, operationName?: string | null }} parameters
 * @param {{ headers?: Record<string, string> }} [options] headers from GraphiQL's own headers editor
 */
async function fetcher(parameters, options) {
  const headers = { accept: 'application/json', 'content-type': 'application/json', ...options?.headers };
  if (viewer?.value) headers['x-atrium-viewer'] = viewer.value;
  if (trace?.checked) headers['x-atrium-trace'] = '1';
  const { query, variables, operationName } = parameters;
  // For 100 ms after a change of tab GraphiQL still names the operation of the tab before.
  const named = operationName && query.includes(operationName) ? { operationName } : {};
  const body = JSON.stringify({ query, variables, ...named });
  let response;
  try {
    response = await fetch(data.endpoint, { method: 'POST', headers, body });
  } catch {
    return { errors: [{ message: `${data.endpoint} cannot be reached. Is the server still running?` }] };
  }
  try {
    return await response.json();
  } catch {
    return { errors: [{ message: `${data.endpoint} answered ${response.status} without JSON.` }] };
  }
}

function start() {
  const linked = takeLinkedOperation();
  const tabs = linked ? [linked, ...data.operations] : data.operations;
  // GraphiQL uses these tabs only in a fresh browser. It then forgets the variables of the first one,
  // so they are handed over separately; later they would overwrite the reader's own.
  const isFresh = !storage?.getItem(TABS_KEY);
  const opened = linked ?? (isFresh ? tabs[0] : undefined);
  const properties = {
    fetcher,
    ...(tabs.length > 0 && { defaultTabs: tabs }),
    ...(opened && { query: opened.query, variables: opened.variables ?? '' }),
  };
  ReactDOM.createRoot(document.getElementById('explorer')).render(React.createElement(GraphiQL, properties));
}

/**
 * The operation of a link such as `/graphql?query=…&variables=…`: shown, never run by itself.
 *
 * @returns {Tab | undefined}
 */
function takeLinkedOperation() {
  const parameters = new URLSearchParams(location.search);
  const query = parameters.get('query');
  if (!query) return undefined;
  // Otherwise each reload would open the link again on top of the reader's edits.
  history.replaceState(null, '', location.pathname);
  return { query, variables: parameters.get('variables') ?? '' };
}

/**
 * GraphiQL keeps the editors' text twice: in its tabs, and by itself only once it was edited. Where the two differ,
 * as they do after each visit without an edit, it opens one more tab on reload. The tabs are right.
 */
function alignActiveTab() {
  try {
    const { tabs, activeTabIndex } = JSON.parse(storage?.getItem(TABS_KEY) ?? '');
    storage?.setItem('graphiql:query', tabs[activeTabIndex].query ?? '');
    storage?.setItem('graphiql:variables', tabs[activeTabIndex].variables ?? '');
  } catch {
    // No tabs yet, or not readable: GraphiQL then starts afresh by itself.
  }
}

function rememberViewer() {
  if (!viewer) return;
  viewer.value = storage?.getItem(VIEWER_KEY) ?? '';
  // Somebody who has left the list is nobody again.
  if (viewer.selectedIndex < 0) viewer.value = '';
  viewer.addEventListener('change', () => storage?.setItem(VIEWER_KEY, viewer.value));
}

function linkSandbox() {
  const link = /** @type {HTMLAnchorElement} */ (document.getElementById('sandbox'));
  // Only the browser knows under which address it reached the server.
  link.search = new URLSearchParams({ endpoint: new URL(data.endpoint, location.origin).href }).toString();
}

function offerRestore() {
  document.getElementById('restore')?.addEventListener('click', () => {
    if (!confirm('Close all tabs, with your own edits, and open the sample operations again?')) return;
    // GraphiQL writes its tabs with a delay; only at the very end can it not write the old ones back.
    addEventListener('pagehide', () => TAB_KEYS.forEach((key) => storage?.removeItem(key)));
    location.reload();
  });
}

/** GraphiQL cuts long lines off, and with them the explanation at the head of each sample. */
function wrapLines() {
  const observer = new MutationObserver(() => {
    const editor = document.querySelector('.graphiql-query-editor .CodeMirror')?.CodeMirror;
    if (!editor) return;
    editor.setOption('lineWrapping', true);
    observer.disconnect();
  });
  observer.observe(document.getElementById('explorer'), { childList: true, subtree: true });
}

/** @returns {Storage | undefined} nothing when the browser blocks site data: the page then works, but forgets. */
function openStorage() {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
