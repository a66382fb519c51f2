<?php

// A Symfony Messenger worker: two retries by way of a delay queue, then the failure transport, both over AMQP.
// The second argument says with which serializer: `json` or `php`, which is Symfony's default.

namespace App;

use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\Messenger\Bridge\Amqp\Transport\AmqpTransport;
use Symfony\Component\Messenger\Bridge\Amqp\Transport\Connection;
use Symfony\Component\Messenger\Event\WorkerRunningEvent;
use Symfony\Component\Messenger\EventListener\AddErrorDetailsStampListener;
use Symfony\Component\Messenger\EventListener\SendFailedMessageForRetryListener;
use Symfony\Component\Messenger\EventListener\SendFailedMessageToFailureTransportListener;
use Symfony\Component\Messenger\Handler\HandlersLocator;
use Symfony\Component\Messenger\MessageBus;
use Symfony\Component\Messenger\Middleware\AddBusNameStampMiddleware;
use Symfony\Component\Messenger\Middleware\FailedMessageProcessingMiddleware;
use Symfony\Component\Messenger\Middleware\HandleMessageMiddleware;
use Symfony\Component\Messenger\Middleware\SendMessageMiddleware;
use Symfony\Component\Messenger\Retry\MultiplierRetryStrategy;
use Symfony\Component\Messenger\Transport\Sender\SendersLocator;
use Symfony\Component\Messenger\Transport\Serialization\Normalizer\FlattenExceptionNormalizer;
use Symfony\Component\Messenger\Transport\Serialization\PhpSerializer;
use Symfony\Component\Messenger\Transport\Serialization\Serializer;
use Symfony\Component\Messenger\Worker;
use Symfony\Component\Serializer\Encoder\JsonEncoder;
use Symfony\Component\Serializer\Normalizer\ArrayDenormalizer;
use Symfony\Component\Serializer\Normalizer\DateTimeNormalizer;
use Symfony\Component\Serializer\Normalizer\ObjectNormalizer;
use Symfony\Component\Serializer\Serializer as SymfonySerializer;

foreach (['Messenger/Bridge/Amqp', 'Messenger', 'Serializer', 'PropertyAccess', 'EventDispatcher', 'ErrorHandler'] as $part) {
    require_once "Symfony/Component/$part/autoload.php";
}

[, $name, $format] = $argv;

function say($what): void
{
    fwrite(STDOUT, json_encode($what)."\n");
}

final class CancelOrder
{
    public $order;

    public function __construct(array $order)
    {
        $this->order = $order;
    }
}

final class OrderApiTimeout extends \RuntimeException
{
}

final class Services implements \Psr\Container\ContainerInterface
{
    private $services;

    public function __construct(array $services)
    {
        $this->services = $services;
    }

    public function get(string $id)
    {
        return $this->services[$id];
    }

    public function has(string $id): bool
    {
        return isset($this->services[$id]);
    }
}

$serializer = 'php' === $format ? new PhpSerializer() : new Serializer(new SymfonySerializer(
    [new FlattenExceptionNormalizer(), new DateTimeNormalizer(), new ArrayDenormalizer(), new ObjectNormalizer()],
    [new JsonEncoder()]
));
$transport = static function (string $end) use ($name, $serializer): AmqpTransport {
    return new AmqpTransport(Connection::fromDsn(getenv('TEST_AMQP_URL'), [
        'exchange' => ['name' => "$name.$end", 'type' => 'fanout'],
        'queues' => ["$name.$end" => []],
        'delay' => ['exchange_name' => "$name.delays"],
    ]), $serializer);
};
$async = $transport('orders');
$failed = $transport('dead');
$async->setup();
$failed->setup();

$mended = [];
$handle = static function (CancelOrder $message) use (&$mended): void {
    $ok = in_array($message->order['orderId'], $mended, true);
    say(['order' => $message->order, 'ok' => $ok]);
    if (!$ok) {
        throw new OrderApiTimeout('The order API timed out');
    }
};
$senders = new Services(['async' => $async]);
$bus = new MessageBus([
    new AddBusNameStampMiddleware('orders.bus'),
    new FailedMessageProcessingMiddleware(),
    new SendMessageMiddleware(new SendersLocator([CancelOrder::class => ['async']], $senders)),
    new HandleMessageMiddleware(new HandlersLocator([CancelOrder::class => [$handle]])),
]);

stream_set_blocking(STDIN, false);
$dispatcher = new EventDispatcher();
$dispatcher->addSubscriber(new AddErrorDetailsStampListener());
$dispatcher->addSubscriber(new SendFailedMessageForRetryListener($senders, new Services(['async' => new MultiplierRetryStrategy(2, 50)])));
$dispatcher->addSubscriber(new SendFailedMessageToFailureTransportListener(new Services(['async' => $failed])));
$dispatcher->addListener(WorkerRunningEvent::class, static function (WorkerRunningEvent $event) use ($bus, &$mended): void {
    while (false !== $line = fgets(STDIN)) {
        $told = json_decode($line, true);
        if (isset($told['send'])) {
            $bus->dispatch(new CancelOrder($told['send']));
        }
        if (isset($told['mend'])) {
            $mended[] = $told['mend']['orderId'];
        }
    }
    if (feof(STDIN)) {
        $event->getWorker()->stop();
    }
});

say('ready');
(new Worker(['async' => $async], $bus, $dispatcher))->run(['sleep' => 20000]);
