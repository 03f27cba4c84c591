/// Fulfils an order.
#[tusk_fn(trigger = "queue", queue = "orders", max_attempts = 3, ordered = true, targets = ["aws"])]
async fn fulfil(
    message: Message<Order>,
    #[topic("fulfilled")] fulfilled: Sender<Order>,
    #[table("shop/stock", access = "read")] stock: Table<Stock>,
    #[allow(unused_variables)] #[secret("stripe-key")] key: Secret<String>,
) -> Result<(), OrderError> {
    fulfilled.send(message.body).await
}
