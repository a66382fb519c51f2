import type { JSONPathQuery, JSONValue } from 'json-p3';

import { MASK } from '../contract/masking.ts';

import { JsonPlaces, readJson, type JsonNode, type JsonTree } from './json-tree.ts';
import { TooMuchWork, type Masking } from './masking.ts';

/** Why JSON could not be masked piece by piece. */
export type JsonFault = 'notJson' | 'tooDeep' | 'duplicateNames';
export type MaskedJson = { text: string } | { fault: JsonFault };

/** JSON within strings of JSON is looked into so often. */
const MOST_NESTED = 3;
/** A path that names more values than this has lost its aim. */
const MOST_NAMED = 20_000;
/** Where envelopes of frameworks hold the message: a path also goes by what is in there. */
const ENVELOPES = ['message', 'Message', 'data', 'payload', 'Payload', 'body', 'Body', 'detail', 'kwargs'];
const MOST_ENVELOPES = 2;

/**
 * JSON with what the rules name masked. All else stays as it is written: white space, the shape of numbers, the order
 * and the doubles of names. What is masked becomes a string, so that JSON stays JSON.
 *
 * @throws TooMuchWork
 */
export function maskJson(text: string, masking: Masking, nested = 0): MaskedJson {
  const tree = readJson(text);
  if (typeof tree === 'string') return { fault: tree };
  // A path tells places by names: of two of the same name it would see one.
  if (tree.hasDuplicates && masking.rules.paths.length > 0) return { fault: 'duplicateNames' };
  const writing = new Writing(text, masking, nested, namedByPaths(text, tree, masking));
  writing.write(tree.root);
  return { text: writing.result };
}

/**
 * What is JSON only in parts, because it is broken or cut off: its strings one by one, and what stands between them. No
 * path can say anything of it.
 */
export function maskLooseJson(text: string, masking: Masking): string {
  let masked = '';
  let behind = 0;
  for (const string of text.matchAll(/"(?:[^"\\]|\\[^])*"?/g)) {
    const [token] = string;
    masked += masking.text(text.slice(behind, string.index));
    behind = string.index + token.length;
    const read = readString(token) ?? token.slice(1);
    const shown = masking.text(read);
    masked += shown === read ? token : JSON.stringify(shown);
  }
  return masked + masking.text(text.slice(behind));
}

function readString(token: string): string | null {
  try {
    return JSON.parse(token) as string;
  } catch {
    return null;
  }
}

class Writing {
  readonly #text: string;
  readonly #masking: Masking;
  readonly #nested: number;
  readonly #named: ReadonlyMap<JsonNode, string>;
  readonly #written: string[] = [];
  #behind = 0;

  constructor(text: string, masking: Masking, nested: number, named: ReadonlyMap<JsonNode, string>) {
    this.#text = text;
    this.#masking = masking;
    this.#nested = nested;
    this.#named = named;
  }

  get result(): string {
    return this.#written.join('') + this.#text.slice(this.#behind);
  }

  write(node: JsonNode): void {
    const rule = this.#named.get(node);
    if (rule !== undefined) {
      this.#replace(node, this.#masking.hide(rule));
      return;
    }
    switch (node.kind) {
      case 'string': {
        const masked = this.#string(node.text);
        if (masked !== node.text) this.#replace(node, masked);
        break;
      }
      case 'number':
        if (this.#masking.isMaskedNumber(node.text)) this.#replace(node, MASK);
        break;
      case 'array':
        for (const item of node.items) this.write(item);
        break;
      case 'object':
        for (const { name, value } of node.members) {
          const masked = this.#masking.text(name.text);
          if (masked !== name.text) this.#replace(name, masked);
          this.write(value);
        }
        break;
      case 'word':
    }
    this.#masking.checkTime();
  }

  /** Some frameworks put JSON into a string of JSON. */
  #string(text: string): string {
    if (this.#nested < MOST_NESTED && /^\s*[[{]/.test(text)) {
      const inner = maskJson(text, this.#masking, this.#nested + 1);
      if ('text' in inner) return inner.text;
      if (inner.fault !== 'notJson') return this.#masking.hide('');
    }
    return this.#masking.text(text);
  }

  #replace({ start, end }: JsonNode, masked: string): void {
    this.#written.push(this.#text.slice(this.#behind, start), JSON.stringify(masked));
    this.#behind = end;
  }
}

/** The values that paths name, each with its rule. */
function namedByPaths(text: string, { root }: JsonTree, masking: Masking): Map<JsonNode, string> {
  const named = new Map<JsonNode, string>();
  if (masking.rules.paths.length === 0) return named;
  const places = new JsonPlaces();
  for (const start of rootsOf(root, 0)) {
    const value = JSON.parse(text.slice(start.start, start.end)) as JSONValue;
    for (const { rule, query } of masking.rules.paths) {
      for (const location of locationsOf(query, value)) {
        const node = places.at(start, location);
        if (node !== undefined) named.set(node, rule);
        if (named.size > MOST_NAMED) throw new TooMuchWork();
        masking.checkTime();
      }
      masking.checkTime();
    }
  }
  return named;
}

function* locationsOf(query: JSONPathQuery, value: JSONValue): Generator<(string | number)[]> {
  try {
    for (const { location } of query.lazyQuery(value)) yield location;
  } catch {
    // Such a body is beyond what a path can be followed through.
    throw new TooMuchWork();
  }
}

/** The body, and what is in it where it is an envelope. */
function rootsOf(node: JsonNode, depth: number): JsonNode[] {
  if (depth === MOST_ENVELOPES) return [node];
  if (node.kind === 'object') {
    const inner = node.members.filter(({ name, value }) => ENVELOPES.includes(name.text) && isContainer(value));
    return [node, ...inner.flatMap(({ value }) => rootsOf(value, depth + 1))];
  }
  // Celery: [args, kwargs, embed].
  if (node.kind === 'array' && depth === 0 && node.items.length === 3) {
    return [node, ...node.items.slice(0, 2).filter(isContainer)];
  }
  return [node];
}

function isContainer({ kind }: JsonNode): boolean {
  return kind === 'object' || kind === 'array';
}
