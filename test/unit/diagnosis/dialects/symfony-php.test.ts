import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4 } from '../dead-messages.ts';
import { addSlashes, phpEnvelope } from './framework-messages.ts';

const dead = (body: Buffer) => diagnose(deadMessage([], { deadQueue: 'failed', properties: {}, body }));

const read = {
  framework: 'symfony',
  reason: 'error',
  errorType: 'RuntimeException',
  errorMessage: 'SMS gateway said "503" – it\'s 과부하',
  stackTrace: '#0 /app/src/SmsHandler.php(42): App\\SmsGateway->send()',
  retryCount: 3,
  occurredAt: new Date('2026-11-22T07:00:00.123Z'),
  origin: { exchange: null, routingKeys: [], queue: null },
  history: [],
  stripHeaders: [],
};

describe('a message that PHP’s own serializer wrote', () => {
  test('is read as text, and goes back as it is: no origin, nothing taken off', () => {
    expect(dead(Buffer.from(addSlashes(phpEnvelope())))).toEqual(read);
  });

  test('is read in base64 too, which Symfony writes when there are bytes in it', () => {
    expect(dead(Buffer.from(Buffer.from(addSlashes(phpEnvelope())).toString('base64')))).toEqual(read);
  });

  test('says nothing by the texts of its own: what looks like a stamp in them is none', () => {
    const forged = phpEnvelope().replaceAll('RuntimeException', 'ForgedXException');
    expect(dead(Buffer.from(addSlashes(phpEnvelope(forged))))).toEqual(read);
  });

  test('has the broker’s reason where it only was rejected', () => {
    const body = Buffer.from(addSlashes('O:36:"Symfony\\Component\\Messenger\\Envelope":2:{}'));
    expect(diagnose(deadMessage(diedOn4({ reason: 'rejected', queue: 'messages' }), { body }))).toMatchObject({
      framework: 'symfony',
      reason: 'rejected',
      origin: { queue: 'messages' },
    });
  });

  test('is read as far as it goes where it is cut off, or its lengths lie', () => {
    const whole = addSlashes(phpEnvelope());
    for (let length = 60; length < whole.length; length += 7) {
      expect(dead(Buffer.from(whole.slice(0, length))).framework).toBe('symfony');
    }
    expect(dead(Buffer.from(whole.replace('s:16:', 's:9999999:')))).toMatchObject({ errorType: null, reason: 'error' });
  });

  test.each([
    '',
    'O:36:',
    'Tzoz',
    'TzozNjoi!',
    `O:3:\\"Foo\\":0:{}`,
    ' O:36:\\"Symfony\\\\Component\\\\Messenger\\\\Envelope\\":0:{}',
  ])('is none where the body is %j', (body) => {
    expect(dead(Buffer.from(body)).framework).toBeNull();
  });
});
