/** A file or folder of the fake. */
export interface CloudNode {
  readonly id: number;
  name: string;
  parent: CloudNode | undefined;
  /** Undefined for a folder. */
  body: string | undefined;
  etag: string;
  /** Seconds since 1970. */
  mtime: number;
  owner: string;
  /** `group` for a team folder. */
  mount: string;
  tags: string[];
  systemTags: { name: string; visible: boolean }[];
}

/** What is said of a file beside its text. */
export interface About {
  readonly owner?: string;
  /** Seconds since 1970, as a client that keeps the file's own date sends it. */
  readonly mtime?: number;
  readonly mount?: string;
  readonly tags?: readonly string[];
  readonly systemTags?: CloudNode['systemTags'];
}

/** The tree of files of one account, with ids that stay and ETags and dates that go up to the root. */
export class CloudFiles {
  readonly root: CloudNode;
  readonly #account: string;
  readonly #nodes = new Set<CloudNode>();
  #count = 0;

  constructor(account: string) {
    this.#account = account;
    this.root = this.#add('', undefined, undefined, {});
  }

  /** All but the root. */
  all(): CloudNode[] {
    return [...this.#nodes].filter((node) => node !== this.root);
  }

  at(path: string): CloudNode | undefined {
    return path
      .split('/')
      .filter(Boolean)
      .reduce<CloudNode | undefined>((node, name) => node && this.in(node).find((one) => one.name === name), this.root);
  }

  /** @throws when there is nothing */
  get(path: string): CloudNode {
    const node = this.at(path);
    if (node === undefined) throw new Error(`there is no ${path}`);
    return node;
  }

  in(folder: CloudNode): CloudNode[] {
    return [...this.#nodes].filter((node) => node.parent === folder);
  }

  /** The path below the account's folder. */
  pathOf({ parent, name }: CloudNode): string {
    return parent === undefined ? '' : `${this.pathOf(parent)}/${name}`.replace(/^\//, '');
  }

  /** Writes a file and makes the folders above it; the same id where there was one. */
  write(path: string, body: string, about: About = {}): CloudNode {
    const parent = this.folder(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
    const name = path.slice(path.lastIndexOf('/') + 1);
    const found = this.at(path);
    const node = found ?? this.#add(name, parent, body, about);
    Object.assign(node, { body, etag: this.#mark(), mtime: now(), ...about });
    this.#touch(parent);
    return node;
  }

  /** The folder, made where it is not there. */
  folder(path: string, about: About = {}): CloudNode {
    const node = path
      .split('/')
      .filter(Boolean)
      .reduce(
        (folder, name) => this.in(folder).find((one) => one.name === name) ?? this.#add(name, folder, undefined, about),
        this.root,
      );
    return Object.assign(node, about);
  }

  /** Changes no date and no ETag of what is moved, nor of what is in it. */
  move(from: string, to: string): void {
    const node = this.get(from);
    const parent = this.folder(to.slice(0, Math.max(0, to.lastIndexOf('/'))));
    this.#touch(node.parent);
    node.parent = parent;
    node.name = to.slice(to.lastIndexOf('/') + 1);
    this.#touch(parent);
  }

  remove(path: string): void {
    const node = this.get(path);
    for (const child of this.in(node)) this.remove(this.pathOf(child));
    this.#nodes.delete(node);
    this.#touch(node.parent);
  }

  /** Changes neither ETag nor date: tags do not. */
  tag(path: string, about: Pick<About, 'tags' | 'systemTags'>): void {
    Object.assign(this.get(path), about);
  }

  #add(name: string, parent: CloudNode | undefined, body: string | undefined, about: About): CloudNode {
    const { owner = parent?.owner ?? this.#account, mount = parent?.mount ?? '', mtime = now() } = about;
    const id = 100 + this.#count;
    const node = { id, name, parent, body, etag: this.#mark(), mtime, owner, mount, tags: [], systemTags: [] };
    this.#nodes.add(node);
    this.#touch(parent);
    return node;
  }

  #touch(folder: CloudNode | undefined): void {
    for (let at = folder; at !== undefined; at = at.parent) Object.assign(at, { etag: this.#mark(), mtime: now() });
  }

  #mark(): string {
    return (this.#count++).toString(16).padStart(13, '0');
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
