import type { Call } from '../../../kit/connector.ts';
import { cleanLine, MAX_TEXT, tidy, webAddresses } from '../../../kit/text/plain.ts';
import type { OfficeText } from './office.ts';

const MAX_PAGES = 1000;

/**
 * Text of a PDF (ISO 32000) through pdf.js as unpdf packs it: in this process, without network, fonts, scripts or forms.
 * @throws Error when it is not a PDF or needs a password
 */
export async function readPdf(bytes: Uint8Array, call: Call): Promise<OfficeText> {
  // A megabyte that is only loaded once the first PDF is met.
  const { getDocumentProxy } = await import('unpdf');
  // pdf.js keeps the array it is given, so it gets one of its own. Verbosity 0: it may not write to our output.
  const pdf = await getDocumentProxy(new Uint8Array(bytes), {
    verbosity: 0,
    enableXfa: false,
    useSystemFonts: false,
    disableFontFace: true,
    stopAtErrors: false,
    useWorkerFetch: false,
  });
  try {
    const pages: string[] = [];
    const hrefs: string[] = [];
    let length = 0;
    for (let number = 1; number <= Math.min(pdf.numPages, MAX_PAGES) && length < MAX_TEXT; number++) {
      call.signal.throwIfAborted();
      const page = await pdf.getPage(number);
      const content = await page.getTextContent();
      const text = content.items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
      for (const annotation of await page.getAnnotations())
        if (typeof annotation?.url === 'string') hrefs.push(annotation.url);
      pages.push(text);
      length += text.length;
      page.cleanup();
    }
    const { info } = (await pdf.getMetadata().catch(() => ({ info: {} }))) as { info: Record<string, unknown> };
    const field = (name: string): string => (typeof info[name] === 'string' ? cleanLine(info[name]) : '');
    const optional = (name: string, value: string | undefined): Record<string, string> =>
      value ? { [name]: value } : {};
    return {
      ...optional('title', field('Title')),
      ...optional('author', field('Author')),
      ...optional('created', pdfDate(field('CreationDate'))),
      ...optional('updated', pdfDate(field('ModDate'))),
      keywords: field('Keywords')
        .split(/[,;]/)
        .map(cleanLine)
        .filter((word) => word !== ''),
      text: tidy(pages.join('\n\n')),
      links: webAddresses(hrefs),
    };
  } finally {
    await pdf.loadingTask.destroy();
  }
}

/** `D:20240131120000+02'00'` (ISO 32000-1, section 7.9.4) as LDAP's form of the same, which `toIso` reads. */
function pdfDate(text: string): string | undefined {
  const parts = /^D:(\d{8})(\d{2})?(\d{2})?(\d{2})?(?:(Z)|([+-]\d\d)'?(\d\d)?)?/.exec(text);
  if (parts === null) return undefined;
  const zone = parts[6] === undefined ? 'Z' : `${parts[6]}${parts[7] ?? '00'}`;
  return `${parts[1]}${parts[2] ?? '00'}${parts[3] ?? '00'}${parts[4] ?? '00'}${zone}`;
}
