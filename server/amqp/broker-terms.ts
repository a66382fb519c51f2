/** What a broker takes, as far as it is known: of the session that lives now, because a restart can change it. */
export interface BrokerTerms {
  /** The user of the connection that publishes: the one `user_id` that the broker lets through. */
  user: string;
  /** Bytes of the largest body. It cannot be asked: null until the broker has refused one. */
  mostBytes: number | null;
  /** RabbitMQ 3 closes the channel on a delivery mode other than 1 and 2. */
  anyDeliveryMode: boolean;
}
