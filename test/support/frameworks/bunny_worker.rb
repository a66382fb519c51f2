# A consumer with Bunny that rejects what fails: all that most Ruby, Python or Go workers do.
require 'bunny'
require 'json'

name = ARGV[0]
$stdout.sync = true
say = ->(what) { puts JSON.generate(what) }
mended = []

connection = Bunny.new(ENV.fetch('TEST_AMQP_URL'))
connection.start
channel = connection.create_channel
channel.fanout("#{name}.dlx", durable: true)
channel.queue("#{name}.dead", durable: true).bind("#{name}.dlx")
exchange = channel.topic("#{name}.shop", durable: true)
orders = channel.queue("#{name}.orders", durable: true, arguments: { 'x-dead-letter-exchange' => "#{name}.dlx" })
orders.bind(exchange, routing_key: 'order.*')

orders.subscribe(manual_ack: true) do |delivery, _properties, body|
  order = JSON.parse(body)
  ok = mended.include?(order['orderId'])
  say.call({ order: order, ok: ok })
  ok ? channel.ack(delivery.delivery_tag) : channel.reject(delivery.delivery_tag, false)
end

publishing = connection.create_channel
say.call('ready')
$stdin.each_line do |line|
  told = JSON.parse(line)
  if told['send']
    publishing.topic("#{name}.shop", durable: true).publish(
      JSON.generate(told['send']),
      routing_key: 'order.cancel', persistent: true, content_type: 'application/json', message_id: told['send']['orderId']
    )
  end
  mended << told['mend']['orderId'] if told['mend']
end
connection.close
