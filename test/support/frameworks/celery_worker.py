"""A Celery worker with late acknowledgement: a task is retried twice, then rejected into the dead queue."""

import json
import os
import signal
import sys
import threading

from celery import Celery
from celery.exceptions import Reject
from celery.signals import worker_ready
from kombu import Exchange, Queue

name = sys.argv[1]
mended = set()


def say(what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


dead = Queue(f"{name}.dead", Exchange(f"{name}.dlx", type="fanout"))
orders = Queue(
    f"{name}.orders",
    Exchange(f"{name}.shop", type="direct"),
    routing_key="order.cancel",
    queue_arguments={"x-dead-letter-exchange": f"{name}.dlx"},
)
app = Celery("shop", broker=os.environ["TEST_AMQP_URL"])
app.conf.update(
    task_acks_late=True,
    task_queues=[orders],
    task_default_queue=orders.name,
    task_default_exchange=orders.exchange.name,
    task_default_routing_key=orders.routing_key,
    task_ignore_result=True,
    worker_enable_remote_control=False,
    worker_redirect_stdouts=False,
    event_exchange=f"{name}.events",
    control_exchange=f"{name}.control",
)


class OrderApiTimeout(Exception):
    pass


def work(order):
    ok = order["orderId"] in mended
    say({"order": order, "ok": ok})
    if not ok:
        raise OrderApiTimeout("The order API timed out")


@app.task(bind=True, name="shop.cancel", max_retries=2)
def cancel(self, order):
    try:
        work(order)
    except OrderApiTimeout as error:
        if self.request.retries < self.max_retries:
            raise self.retry(exc=error, countdown=0)
        raise Reject(error, requeue=False)


@app.task(name="shop.refund")
def refund(order):
    try:
        work(order)
    except OrderApiTimeout as error:
        raise Reject(error, requeue=False)


def serve():
    for line in sys.stdin:
        told = json.loads(line)
        if "send" in told:
            app.tasks[told["send"]["task"]].apply_async(kwargs={"order": told["send"]})
        if "mend" in told:
            mended.add(told["mend"]["orderId"])
    # Nobody reads what Celery says while it stops, and it would stumble over that.
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    os.kill(os.getpid(), signal.SIGTERM)


@worker_ready.connect
def ready(**_):
    say("ready")
    threading.Thread(target=serve, daemon=True).start()


with app.connection_for_write() as connection:
    dead(connection.default_channel).declare()
app.worker_main(
    ["worker", "--pool=solo", "--without-mingle", "--without-gossip", "--without-heartbeat", "--loglevel=ERROR"]
)
