/** JSON as it stands in its text: every value with its place, so that some can be written over and all else stays. */
export type JsonNode =
  | { kind: 'string'; start: number; end: number; text: string }
  | { kind: 'number'; start: number; end: number; text: string }
  | { kind: 'word'; start: number; end: number }
  | { kind: 'array'; start: number; end: number; items: JsonNode[] }
  | { kind: 'object'; start: number; end: number; members: JsonMember[] };
export type JsonString = Extract<JsonNode, { kind: 'string' }>;
export interface JsonMember {
  name: JsonString;
  value: JsonNode;
}

export interface JsonTree {
  root: JsonNode;
  /** A name stands twice in one object: readers differ in which of the two they take. */
  hasDuplicates: boolean;
}

/** Deeper ones are not followed: the walk must not overflow the stack. */
const MAX_DEPTH = 100;
/** Nor fuller ones. */
const MAX_VALUES = 200_000;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;
/** A string's characters up to its end or the next escape; JSON has no control characters in it. */
// eslint-disable-next-line no-control-regex
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class NotJson extends Error {}
class TooMuch extends Error {}

/** Whether a text means to be JSON. */
export function looksLikeJson(text: string): boolean {
  return /^\uFEFF?\s*[[{"]/.test(text);
}

/** The tree of a JSON text; why there is none otherwise. */
export function readJson(text: string): JsonTree | 'notJson' | 'tooDeep' {
  try {
    return new Reader(text).read();
  } catch (error) {
    if (error instanceof NotJson) return 'notJson';
    if (error instanceof TooMuch) return 'tooDeep';
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;
  #values = 0;
  #hasDuplicates = false;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonTree {
    if (this.#text.startsWith('\uFEFF')) this.#at = 1;
    const root = this.#value(0);
    this.#take(SPACE);
    if (this.#at !== this.#text.length) throw new NotJson();
    return { root, hasDuplicates: this.#hasDuplicates };
  }

  #value(depth: number): JsonNode {
    this.#values += 1;
    if (depth > MAX_DEPTH || this.#values > MAX_VALUES) throw new TooMuch();
    this.#take(SPACE);
    const start = this.#at;
    switch (this.#text.charAt(start)) {
      case '"':
        return this.#string();
      case '{':
        return this.#object(start, depth);
      case '[':
        return this.#array(start, depth);
      default: {
        const number = this.#take(NUMBER);
        if (number !== '') return { kind: 'number', start, end: this.#at, text: number };
        if (this.#take(WORD) === '') throw new NotJson();
        return { kind: 'word', start, end: this.#at };
      }
    }
  }

  #object(start: number, depth: number): JsonNode {
    const members: JsonMember[] = [];
    const names = new Set<string>();
    this.#at += 1;
    this.#take(SPACE);
    if (this.#text.charAt(this.#at) === '}') return { kind: 'object', start, end: (this.#at += 1), members };
    for (;;) {
      this.#take(SPACE);
      if (this.#text.charAt(this.#at) !== '"') throw new NotJson();
      const name = this.#string();
      if (names.has(name.text)) this.#hasDuplicates = true;
      names.add(name.text);
      this.#take(SPACE);
      if (this.#text.charAt(this.#at) !== ':') throw new NotJson();
      this.#at += 1;
      members.push({ name, value: this.#value(depth + 1) });
      if (this.#isOver('}')) return { kind: 'object', start, end: this.#at, members };
    }
  }

  #array(start: number, depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.#at += 1;
    this.#take(SPACE);
    if (this.#text.charAt(this.#at) === ']') return { kind: 'array', start, end: (this.#at += 1), items };
    for (;;) {
      items.push(this.#value(depth + 1));
      if (this.#isOver(']')) return { kind: 'array', start, end: this.#at, items };
    }
  }

  /** Behind a value: whether the end follows, or a comma. */
  #isOver(end: string): boolean {
    this.#take(SPACE);
    const next = this.#text.charAt(this.#at);
    if (next !== end && next !== ',') throw new NotJson();
    this.#at += 1;
    return next === end;
  }

  #string(): JsonString {
    const start = this.#at;
    this.#at += 1;
    let isPlain = true;
    for (;;) {
      this.#take(PLAIN);
      const next = this.#text.charAt(this.#at);
      if (next === '"') break;
      if (next !== '\\' || this.#take(ESCAPE) === '') throw new NotJson();
      isPlain = false;
    }
    this.#at += 1;
    const written = this.#text.slice(start, this.#at);
    const text = isPlain ? written.slice(1, -1) : (JSON.parse(written) as string);
    return { kind: 'string', start, end: this.#at, text };
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}

/** Finds values of a tree by their places, as JSON paths name them; each object's names are looked through once. */
export class JsonPlaces {
  readonly #members = new Map<JsonNode, Map<string, JsonNode>>();

  at(root: JsonNode, location: readonly (string | number)[]): JsonNode | undefined {
    let node: JsonNode | undefined = root;
    for (const part of location) {
      if (node?.kind === 'array') node = node.items[Number(part)];
      else if (node?.kind === 'object') node = this.#membersOf(node).get(String(part));
      else return undefined;
    }
    return node;
  }

  #membersOf(node: Extract<JsonNode, { kind: 'object' }>): Map<string, JsonNode> {
    const members = this.#members.get(node) ?? new Map(node.members.map(({ name, value }) => [name.text, value]));
    this.#members.set(node, members);
    return members;
  }
}
