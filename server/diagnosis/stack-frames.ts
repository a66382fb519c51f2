import { cutToBytes } from './bounded-text.ts';

/** A frame is no longer than this, in bytes. */
const MAX_FRAME_BYTES = 255;
const MAX_TRACE_LENGTH = 64 * 1024;
const MAX_LINES = 500;
const MAX_LINE_LENGTH = 500;

interface Frame {
  /** What is called, without line numbers, generated parts and the place where it is deployed. */
  name: string;
  /** Of a framework, a library or the language itself. */
  foreign: boolean;
}

type FrameReader = (line: string) => Frame | null;

/** Package prefixes of the JVM's own classes and of what most services are built with. */
const JVM_LIBRARIES =
  /^(?:javax?|jakarta|jdk|sun|com\.sun|kotlinx?|scala|groovy|clojure|akka|reactor|rx|feign|okhttp3|okio|retrofit2|lombok|org\.(?:springframework|apache|hibernate|jboss|eclipse|junit|aspectj|slf4j|codehaus|mybatis|jooq|postgresql|mariadb|redisson|reactivestreams|elasticsearch|mockito|testcontainers|gradle)|com\.(?:rabbitmq|mysql|zaxxer|fasterxml|google\.(?:common|gson|inject|protobuf)|amazonaws|netflix|hazelcast|intellij|github\.benmanes)|io\.(?:netty|micrometer|micronaut|quarkus|smallrye|vertx|grpc|lettuce|reactivex|undertow|opentelemetry|sentry|github\.resilience4j)|net\.(?:bytebuddy|sf)|ch\.qos|redis\.clients|software\.amazon|oracle|jdk\.proxy\d*|\$Proxy\d*)\b/;

const DOTNET_LIBRARIES =
  /^(?:System|Microsoft|MassTransit|NServiceBus|Rebus|EasyNetQ|Wolverine|JasperFx|Lamar|DotNetCore\.CAP|RabbitMQ|Newtonsoft|Dapper|Npgsql|MySql|MySqlConnector|Oracle|StackExchange|Polly|AutoMapper|MediatR|FluentValidation|Castle|Autofac|Quartz|Hangfire|Serilog|NLog|Grpc|Google|Amazon|Azure|GreenPipes|lambda_method\d*)(?:\.|$|\()/;

const PHP_LIBRARIES =
  /^(?:Symfony|Illuminate|Laravel|Doctrine|GuzzleHttp|PhpAmqpLib|VladimirYuldashev|Enqueue|Bunny|Predis|Monolog|Psr|Composer|League|React|Amp|Aws|Google|PHPUnit|Carbon|Ramsey|Twig|Zend|Laminas|Yiisoft|yii|Cake|Nette|Spiral|Swoole|Hyperf)\\/;

/** Folders that hold other people's code, or the language's. */
const LIBRARY_PATH =
  /(?:^|[/\\])(?:node_modules|site-packages|dist-packages|vendor|gems|rubygems|bundler)[/\\]|[/\\]lib[/\\](?:python\d|ruby[/\\]\d)|[/\\]usr[/\\](?:lib|share)[/\\]|^(?:node:|internal\/|<|webpack\/|\[)/;

/** `at com.acme.Order.cancel(Order.java:42)`, also of Kotlin, Scala, Groovy. */
const readJava: FrameReader = (line) => {
  const match =
    /^at (?:[\w.@+-]{0,200}\/{1,2})?([\p{L}\p{N}_$.<>-]+)\((?:[^()/\\]*\.(?:java|kt|scala|groovy|clj)(?::\d+)?|Native Method|Unknown Source|<generated>)\)/u.exec(
      line,
    );
  const name = match?.[1];
  if (name === undefined) return null;
  const generated = /\$\$(?:\w*CGLIB|FastClass|Enhancer)|\$Proxy\d|GeneratedMethodAccessor|\$HibernateProxy/.test(name);
  return {
    name: name.replace(/\$\d+/g, '$').replace(/\$+(?=\.|$)/g, ''),
    foreign: generated || JVM_LIBRARIES.test(name),
  };
};

/** `at Acme.Orders.Handler.<HandleAsync>d__5.MoveNext() in C:\src\Handler.cs:line 42` */
const readDotnet: FrameReader = (line) => {
  const called = /^at ([^\s()]+)\([^()]*\)(?: in .+)?$/.exec(line)?.[1];
  if (called?.includes('.') !== true) return null;
  const name = called
    .replace(/<+([^<>]*)>[^.]*/g, '$1')
    .replace(/`\d+|\[[^[\]]*\]/g, '')
    .replace(/\.MoveNext$/, '')
    .replaceAll('+', '.')
    .replace(/\.{2,}/g, '.');
  return { name, foreign: DOTNET_LIBRARIES.test(name) };
};

/** `at Order.cancel (/app/src/order.js:42:7)`, `at async file:///app/src/order.ts:1:2` */
const readNode: FrameReader = (line) => {
  if (!line.startsWith('at ')) return null;
  const place = /(?:^|[ (])((?:file:\/\/)?[^\s()]+):\d+:\d+\)?$/.exec(line.slice(3));
  const path = place?.[1]?.replace(/^file:\/\//, '');
  if (place === null || path === undefined) return null;
  const called = line
    .slice(3, 3 + place.index)
    .replace(/^(?:async |new )+/, '')
    .replace(/ \[as [^\]]*\]/, '')
    .trim();
  return {
    name: located(path, called.replace(/^Object\.<anonymous>$|^<anonymous>$/, '')),
    foreign: LIBRARY_PATH.test(path),
  };
};

/** `File "/app/orders/worker.py", line 42, in cancel` */
const readPython: FrameReader = (line) => {
  const match = /^File "([^"]+)", line \d+(?:, in (.+))?$/.exec(line);
  return match?.[1] === undefined
    ? null
    : { name: located(match[1], match[2]?.replace(/^<module>$/, '') ?? ''), foreign: LIBRARY_PATH.test(match[1]) };
};

/**
 * `#0 /app/src/OrderHandler.php(42): App\PaymentClient->pay(Array)`: the place of a call, and what it calls. A method
 * in a namespace of one's own is own code even when a framework called it, anything else when own code calls it.
 */
const readPhp: FrameReader = (line) => {
  const match = /^#\d+ (?:((?:[A-Za-z]:)?[^:()]+)\(\d+\)|\[internal function\]): (\S[^(]*)/.exec(line);
  if (match === null) return null;
  const called = (match[2] ?? '').replace(/\{closure.*$/, '{closure}').trim();
  if (called.includes('\\') && !PHP_LIBRARIES.test(called)) return { name: called, foreign: false };
  const path = match[1];
  if (path === undefined) return { name: called, foreign: true };
  return { name: located(path, called), foreign: LIBRARY_PATH.test(path) };
};

/** `/app/lib/order.rb:42:in 'Order#cancel'`, in older versions ``in `cancel'`` */
const readRuby: FrameReader = (line) => {
  const match = /^(?:from )?([^\s:][^:]*):\d+:in [`'](.+)'/.exec(line);
  if (match?.[1] === undefined) return null;
  const called = (match[2] ?? '').replace(/^(?:block|rescue|ensure)(?: \(\d+ levels\))? in /, '');
  return { name: located(match[1], called.replace(/^<.*>$/, '')), foreign: LIBRARY_PATH.test(match[1]) };
};

const READERS: readonly FrameReader[] = [readJava, readNode, readPython, readPhp, readRuby, readDotnet];

/** The last two parts of a path, without numbers (of releases, of bundles), and what is called there. */
function located(path: string, called: string): string {
  const place = path.split(/[/\\]/).slice(-2).join('/').replace(/\d+/g, '#');
  return called === '' ? place : `${called} (${place})`;
}

function readFrame(line: string): Frame | null {
  for (const read of READERS) {
    const frame = read(line);
    if (frame !== null) return frame;
  }
  return null;
}

/** One error's trace within the text: a text holds several when errors have causes. */
interface Section {
  /** Python writes the frame nearest to the error last, all others first. */
  nearestLast: boolean;
  own: string[];
}

/** The sections of a stack trace in their order; what Java wrote under `Suppressed:` is left out. */
function readSections(stackTrace: string): Section[] {
  let section: Section = { nearestLast: false, own: [] };
  const sections = [section];
  let suppressed = false;
  for (const raw of stackTrace.slice(0, MAX_TRACE_LENGTH).split('\n', MAX_LINES)) {
    const line = raw.slice(0, MAX_LINE_LENGTH).trim();
    const traceback = line.startsWith('Traceback (most recent call last)');
    if (traceback || raw.startsWith('Caused by: ') || line.startsWith('[cause]: ')) {
      section = { nearestLast: traceback, own: [] };
      sections.push(section);
      suppressed = false;
    } else if (line.startsWith('Suppressed: ')) {
      suppressed = true;
    }
    const frame = suppressed ? null : readFrame(line);
    if (frame !== null && !frame.foreign && frame.name !== '') section.own.push(frame.name);
  }
  return sections;
}

/**
 * The application's own frame nearest to the error, in its deepest cause: Java, Python and Node write causes last, C#
 * and PHP first. Reads Java (and its relatives), C#, Python, PHP, Ruby and Node. Without line numbers, generated names
 * and deployment folders, so that a deployment does not split a group. Null when there is none. At most 255 bytes;
 * looks at the first 64 Ki characters only.
 */
export function firstOwnFrame(stackTrace: string): string | null {
  const section = readSections(stackTrace).findLast(({ own }) => own.length > 0);
  const frame = section?.nearestLast === true ? section.own.at(-1) : section?.own[0];
  return frame === undefined ? null : cutToBytes(frame, MAX_FRAME_BYTES);
}
