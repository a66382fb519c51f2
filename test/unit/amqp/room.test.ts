import { describe, expect, it } from 'vitest';

import { Room } from '../../../server/amqp/room.ts';

const nobody = () => undefined;

describe('The room in flight', () => {
  it('is a number of messages', () => {
    const room = new Room(2, 1000);
    expect([room.take(1, nobody), room.take(1, nobody), room.take(1, nobody)]).toEqual([true, true, false]);
  });

  it('is a number of bytes, but one message always passes', () => {
    const room = new Room(10, 1000);
    expect(room.take(5000, nobody)).toBe(true);
    expect(room.take(1, nobody)).toBe(false);
  });

  it('is given to those who wait in the order in which they came, the large one not after all the small', () => {
    const room = new Room(10, 1000);
    const taken: string[] = [];
    const want = (name: string, bytes: number) => {
      const wake = () => {
        if (room.take(bytes, wake)) taken.push(name);
      };
      wake();
    };
    want('first', 600);
    want('large', 900);
    want('small', 1);
    expect(taken).toEqual(['first']);
    room.giveBack(600);
    expect(taken).toEqual(['first', 'large', 'small']);
  });

  it('knows the size of body that a session has proven, until the next session', () => {
    const room = new Room(1, 1);
    room.prove(1, 100);
    room.prove(1, 50);
    expect([room.isProven(1, 100), room.isProven(1, 101), room.isProven(2, 1)]).toEqual([true, false, false]);
    room.prove(2, 10);
    expect([room.isProven(2, 10), room.isProven(1, 10)]).toEqual([true, false]);
  });

  it('knows the size of body that a session has refused, until the next session', () => {
    const room = new Room(1, 1);
    expect(room.mostBytes(undefined)).toBeNull();
    room.limit(1, 100);
    expect([room.mostBytes(1), room.mostBytes(2), room.mostBytes(undefined)]).toEqual([100, null, null]);
    room.limit(1, 200);
    expect(room.mostBytes(1)).toBe(100);
    room.limit(2, 500);
    expect([room.mostBytes(1), room.mostBytes(2)]).toEqual([null, 500]);
  });
});
