import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { z } from 'zod';

import { waitFor } from '../services.ts';

const orderSchema = z.record(z.string(), z.union([z.string(), z.number()])).and(z.object({ orderId: z.string() }));
/** What a worker is given to do. */
export type Order = z.infer<typeof orderSchema>;

/** One call of a worker's own code, and whether it did its work. */
const tried = z.strictObject({ order: orderSchema, ok: z.boolean() });
const line = z.union([z.literal('ready'), tried]);

/**
 * A program in which a real framework works on messages, in a process of its own: what the office does to its own
 * process does not reach it, and its amqplib not the office. It is told what to do in lines of JSON on its standard
 * input, and tells in lines of JSON what it did. Every order fails until it is mended for it.
 */
export interface FrameworkWorker {
  /** Has the framework send an order in its own way. */
  send: (order: Order) => void;
  /** From now on it does its work for this order. */
  mend: (order: Order) => void;
  /** Every call of its code so far. */
  tries: z.infer<typeof tried>[];
  /** Its tries and the end of what else it wrote, for a failure's message. */
  said: () => string;
  /** Ends it: it sees the end of its input, as it does when this process is gone. */
  stop: () => Promise<void>;
}

const STARTS_WITHIN_MS = 30_000;
const STOPS_WITHIN_MS = 5_000;
const KEPT_OUTPUT = 20;

export interface WorkerOptions {
  program: string;
  /** A file in this folder. */
  script: string;
  /** What all names that it declares begin with. */
  name: string;
  more?: string[];
}

/** Starts it, and waits until it has declared everything and consumes. The broker is in its `TEST_AMQP_URL`. */
export async function startWorker({ program, script, name, more = [] }: WorkerOptions): Promise<FrameworkWorker> {
  const child = spawn(program, [path.join(import.meta.dirname, script), name, ...more], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const output: string[] = [];
  const tries: FrameworkWorker['tries'] = [];
  let ready = false;
  const keep = (text: string) => {
    output.push(text);
    if (output.length > KEPT_OUTPUT) output.shift();
  };
  createInterface(child.stderr).on('line', keep);
  createInterface(child.stdout).on('line', (text) => {
    const said = line.safeParse(parseJson(text));
    if (!said.success) keep(text);
    else if (said.data === 'ready') ready = true;
    else tries.push(said.data);
  });
  child.stdin.on('error', () => undefined);
  const tell = (what: object) => child.stdin.write(`${JSON.stringify(what)}\n`);

  const stop = async () => {
    child.stdin.end();
    const force = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await ended;
    clearTimeout(force);
  };
  try {
    await Promise.race([
      waitFor(() => ready, {
        deadlineMs: STARTS_WITHIN_MS,
        describe: () => `${script} to be ready; it said: ${output.join('\n')}`,
      }),
      ended.then(() => {
        if (!ready) throw new Error(`${script} ended before it was ready; it said: ${output.join('\n')}`);
      }),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    send: (order) => tell({ send: order }),
    mend: (order) => tell({ mend: order }),
    tries,
    said: () => `tried ${JSON.stringify(tries)} and wrote ${output.join('\n')}`,
    stop,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
