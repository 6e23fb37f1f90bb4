import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptQuality } from '../http/accept.ts';

/** One file the page loads, held in memory. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  /** First characters of the content's hash: the `?v=` of its address, and its ETag. */
  readonly version: string;
  /** Compressed at the first request, then kept. */
  readonly gzipped: () => Promise<Buffer>;
}

const JS = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SVG = 'image/svg+xml';

/** Everything the page may load: name in the address → where the file lies. */
const FILES = {
  'react.js': { type: JS, path: inPackage('react', 'umd/react.production.min.js') },
  'react-dom.js': { type: JS, path: inPackage('react-dom', 'umd/react-dom.production.min.js') },
  'graphiql.js': { type: JS, path: inPackage('graphiql', 'graphiql.min.js') },
  'graphiql.css': { type: CSS, path: inPackage('graphiql', 'graphiql.min.css') },
  'explorer.js': { type: JS, path: join(import.meta.dirname, 'page/explorer.js') },
  'explorer.css': { type: CSS, path: join(import.meta.dirname, 'page/explorer.css') },
  'icon.svg': { type: SVG, path: join(import.meta.dirname, 'page/icon.svg') },
} as const;

/** A file the page loads. */
export type AssetName = keyof typeof FILES;

/** The files by name. */
export type Assets = ReadonlyMap<string, Asset>;

/** Reads all files once (1.6 MB); throws when a package is not installed, so the server doesn't start half. */
export function loadAssets(): Assets {
  return new Map(Object.entries(FILES).map(([name, file]) => [name, loadAsset(file)]));
}

/** The address of a file, with its version so that browsers may keep it for good. */
export function assetUrl(assets: Assets, name: AssetName): string {
  return `/explorer/assets/${name}?v=${assets.get(name)?.version}`;
}

/** Sends a file: 304 when the browser has it, gzipped when it may be. */
export async function sendAsset(asset: Asset, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { v } = request.query as { v?: unknown };
  const etag = `W/"${asset.version}"`;
  reply
    .header('x-content-type-options', 'nosniff')
    // Only the address with the right version never changes its content.
    .header('cache-control', v === asset.version ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('vary', 'Accept-Encoding')
    .header('etag', etag);
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();

  reply.type(asset.type);
  if (acceptQuality(request.headers['accept-encoding'], 'gzip') === 0) return reply.send(asset.body);
  return reply.header('content-encoding', 'gzip').send(await asset.gzipped());
}

function loadAsset({ type, path }: { type: string; path: string }): Asset {
  const body = readFileSync(path);
  const version = createHash('sha256').update(body).digest('hex').slice(0, 16);
  let gzipped: Promise<Buffer> | undefined;
  return { type, body, version, gzipped: () => (gzipped ??= promisify(gzip)(body)) };
}

function inPackage(name: string, file: string): string {
  // By way of package.json, because `exports` of these packages does not list their browser bundles.
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), file);
}
