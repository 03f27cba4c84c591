//! `examples/orders`, as it is deployed: orders go through the whole shop, and nothing is lost on the way.
//!
//! The binary speaks to the Runtime Interface Emulator and to moto. What a function gets is what moto delivered,
//! through the queues, topic, rules, bucket and streams of the template; only requests and the timer are made here.

use serde_json::{Value, json};

use crate::emulator::{Emulator, http_event};
use crate::setup;
use crate::stack::Stack;

pub(crate) fn orders_go_through_the_shop() {
    let stack = Stack::deploy(setup::orders());
    put_secret(&stack, "sk_judged");
    fill_the_shelf(&stack);
    place_orders(&stack);
    let dead = fulfil(&stack);
    give_up(&stack, &dead);
    write_invoices(&stack);
    watch_the_stock(&stack);
    tell_people(&stack);
    report(&stack);
    count_views(&stack);
    try_a_wrong_secret(&stack);
    place_an_order_again(&stack);
    crash_at_each_attempt(&stack);
    for queue in stack.queues() {
        assert_eq!(stack.moto.waiting(queue), 0, "{queue}");
    }
}

fn put_secret(stack: &Stack, value: &str) {
    let input = json!({ "SecretId": stack.resource("PaymentKeySecret"), "SecretString": value });
    stack.moto.call("secretsmanager", "secretsmanager.PutSecretValue", &input);
}

/// Sends a request, and gives the status and the body.
fn request(emulator: &Emulator, method: &str, path: &str, body: &Value) -> (u64, Value) {
    let mut event = http_event(method, path);
    event["headers"]["content-type"] = "application/json".into();
    event["body"] = body.to_string().into();
    let answer = emulator.invoke(&event);
    let body = serde_json::from_str(answer["body"].as_str().unwrap_or_default()).unwrap_or(Value::Null);
    (answer["statusCode"].as_u64().unwrap_or_else(|| panic!("no status: {answer}")), body)
}

fn fill_the_shelf(stack: &Stack) {
    let fill = stack.function("fill");
    let (status, _) = request(&fill.emulator, "PUT", "/stock/lamp", &json!({ "pieces": 4, "cents": 4900 }));
    assert_eq!(status, 204);
    let item = stack.moto.item(stack.resource("StockTable"), "lamp");
    assert_eq!((&item["pieces"], &item["cents"]), (&json!({ "N": "4" }), &json!({ "N": "4900" })));
}

fn order(id: &str, customer: &str, sku: &str, pieces: u32) -> Value {
    json!({ "id": id, "customer": customer, "sku": sku, "pieces": pieces })
}

/// Two for which there is enough, one for which there is not, one that waits behind it, and one of what nobody sells.
fn orders() -> [Value; 5] {
    [
        order("o-1", "Ada", "lamp", 1),
        order("o-2", "Ada", "lamp", 2),
        order("o-3", "Ada", "lamp", 2),
        order("o-4", "Ada", "lamp", 1),
        order("o-5", "Grace", "moon", 1),
    ]
}

fn place_orders(stack: &Stack) {
    let place = stack.function("place");
    for order in orders() {
        assert_eq!(request(&place.emulator, "POST", "/orders", &order), (202, order));
    }
    assert_eq!(request(&place.emulator, "POST", "/orders", &order("o-6", "Ada", "lamp", 0)).0, 400);
    assert_eq!(stack.moto.waiting(stack.resource("OrdersQueue")), 5);
}

/// Gives the bodies of the two messages that end as dead letters.
fn fulfil(stack: &Stack) -> [Value; 2] {
    let fulfil = stack.function("fulfil");
    let source = fulfil.source();
    let queue = source.queue();
    assert_eq!(queue, stack.resource("OrdersQueue"));
    let messages = stack.moto.receive(&queue);
    assert_eq!(messages.iter().map(body).collect::<Vec<_>>(), orders());
    let groups: Vec<&Value> = messages.iter().map(|message| &message["Attributes"]["MessageGroupId"]).collect();
    assert_eq!(groups, ["Ada", "Ada", "Ada", "Ada", "Grace"]);

    // AWS delivers at least once, and so does this.
    let come_again = [id(&messages[2]), id(&messages[3])];
    for _ in 0..2 {
        assert_eq!(source.deliver(&messages), come_again, "what failed, and what waits behind it");
        assert_eq!(fulfilled(stack), ["1", "2", "14700"]);
    }
    fulfil.emulator.wait_for("2 of `lamp` are wanted, and 1 are there");
    source.settle(&queue, &messages, &come_again);
    assert_eq!(source.drain(), 4, "of five attempts");
    assert_eq!(fulfilled(stack), ["0", "3", "19600"]);
    let completed = |order: &Value| {
        let claim = format!("fulfil#{}", order["id"]);
        stack.moto.item(stack.resource("Idempotency"), &claim)["completed"]["BOOL"].take()
    };
    let expected = [true, true, false, true, false].map(Value::from);
    assert_eq!(orders().each_ref().map(completed), expected);
    [messages[4]["Body"].clone(), messages[2]["Body"].clone()]
}

/// The pieces that are left, the number of orders that were fulfilled, and what was paid for them.
fn fulfilled(stack: &Stack) -> [String; 3] {
    let shelf = stack.moto.item(stack.resource("StockTable"), "lamp");
    let sales = stack.moto.item(stack.resource("SalesTable"), "open");
    let number = |value: &Value| value["N"].as_str().unwrap_or_else(|| panic!("no number: {value}")).to_owned();
    [number(&shelf["pieces"]), number(&sales["orders"]), number(&sales["cents"])]
}

/// A message's body, which is JSON.
fn body(message: &Value) -> Value {
    serde_json::from_str(message["Body"].as_str().expect("a body")).expect("JSON")
}

fn id(message: &Value) -> String {
    message["MessageId"].as_str().expect("an id").to_owned()
}

/// Two orders are in the dead letters, as they came, with the reasons.
fn give_up(stack: &Stack, dead: &[Value; 2]) {
    let give_up = stack.function("give-up");
    let source = give_up.source();
    let queue = source.queue();
    assert_eq!(queue, stack.resource("FailedOrdersQueue"));
    let letters = stack.moto.receive(&queue);
    assert_eq!(letters.iter().map(|letter| &letter["Body"]).collect::<Vec<_>>(), dead.each_ref());
    let expected =
        [("Grace", "1", "there is no `moon` in this shop"), ("Ada", "5", "2 of `lamp` are wanted, and 1 are there")];
    for (letter, (group, attempt, reason)) in letters.iter().zip(expected) {
        let attribute = |name: &str| letter["MessageAttributes"][name]["StringValue"].as_str().unwrap_or_default();
        assert!(attribute("reason").contains(reason), "{letter}");
        assert_eq!(["function", "encoding", "attempt"].map(attribute), ["fulfil", "text", attempt]);
        assert_eq!(letter["Attributes"]["MessageGroupId"], group);
    }

    let failed = source.deliver(&letters);
    assert_eq!(failed, Vec::<String>::new());
    source.settle(&queue, &letters, &failed);
    give_up.emulator.wait_for("o-3");
    give_up.emulator.wait_for("o-5");
}

fn write_invoices(stack: &Stack) {
    let invoice = stack.function("invoice");
    let events = invoice.arrivals();
    assert_eq!(events.len(), 3, "one for each order that was fulfilled: {events:?}");
    for (event, order) in events.iter().zip(["o-1", "o-2", "o-4"]) {
        assert_eq!(event["detail-type"], "com.example.shop.paid");
        assert_eq!(event["resources"], json!([format!("orders/{order}")]));
        assert_eq!(invoice.emulator.invoke(event), Value::Null);
    }
    let written = |key: &str| stack.moto.object(stack.resource("InvoicesBucket"), key);
    assert_eq!(written("o-1.txt").as_deref(), Ok("Ada\n1 x lamp\nTotal 49.00 EUR\n"));
    assert_eq!(written("o-2.txt").as_deref(), Ok("Ada\n2 x lamp\nTotal 98.00 EUR\n"));
    assert_eq!(written("o-3.txt"), Err(404));

    let announce = stack.function("announce");
    let events = announce.arrivals();
    assert_eq!(events.len(), 3, "one for each object that was written: {events:?}");
    for event in events {
        assert_eq!(announce.emulator.invoke(&event), Value::Null);
    }
}

fn watch_the_stock(stack: &Stack) {
    let discontinue = stack.function("discontinue");
    assert_eq!(request(&discontinue.emulator, "DELETE", "/stock/lamp", &Value::Null).0, 204);
    assert_eq!(stack.moto.item(stack.resource("StockTable"), "lamp"), Value::Null);
    let watch = stack.function("watch-stock");
    assert_eq!(watch.source().deliver_changes(), Vec::<String>::new());
    watch.emulator.wait_for("stock: new");
    watch.emulator.wait_for("stock: changed");
}

/// Each subscription has what its filter lets through, and nothing else.
fn tell_people(stack: &Stack) {
    let told = [
        ("email", ["order o-1: Total 49.00 EUR", "order o-2: Total 98.00 EUR", "order o-4: Total 49.00 EUR"]),
        ("operations", ["only 1 of `lamp` left", "only 0 of `lamp` left", "`lamp` is no longer sold"]),
    ];
    for (name, texts) in told {
        let function = stack.function(name);
        let source = function.source();
        assert_eq!(stack.moto.waiting(&source.queue()), 3, "{name}");
        source.drain();
        for text in texts {
            function.emulator.wait_for(text);
        }
    }
}

fn report(stack: &Stack) {
    let report = stack.function("report");
    let input = json!({ "function": "report", "scheduled_at": "2026-01-31T02:00:00Z", "attempt": "1" });
    for said in ["orders=3", "nothing sold"] {
        assert_eq!(report.emulator.invoke(&json!({ "tusk_fn": { "timer": input } })), Value::Null);
        report.emulator.wait_for(said);
        assert_eq!(stack.moto.item(stack.resource("SalesTable"), "open"), Value::Null);
    }
}

fn count_views(stack: &Stack) {
    for (partition, data) in [("a", "eyJwYWdlIjoiLyJ9"), ("b", "eyJwYWdlIjoiL2xhbXBzIn0="), ("a", "eyJwYWdlIjoiLyJ9")] {
        let record =
            json!({ "StreamName": stack.resource("PageViewsStream"), "PartitionKey": partition, "Data": data });
        stack.moto.call("kinesis", "Kinesis_20131202.PutRecord", &record);
    }
    let count = stack.function("count-views");
    assert_eq!(count.source().deliver_records(), Vec::<String>::new());
    count.emulator.wait_for(r#"{"/": 2, "/lamps": 1}"#);
}

/// That a secret is wrong is said, but not the secret. A process keeps one for some minutes, so these are new ones.
fn try_a_wrong_secret(stack: &Stack) {
    put_secret(stack, "pk_mistaken");
    let fill = stack.function("fill");
    assert_eq!(request(&fill.emulator, "PUT", "/stock/lamp", &json!({ "pieces": 4, "cents": 4900 })).0, 204);
    let place = stack.function("place");
    let mistaken = order("o-7", "Ada", "lamp", 1);
    assert_eq!(request(&place.emulator, "POST", "/orders", &mistaken).0, 202);
    let fulfil = stack.function("fulfil");
    let source = fulfil.source();
    let messages = stack.moto.receive(&source.queue());
    assert_eq!(source.deliver(&messages), [id(&messages[0])]);
    let log = fulfil.emulator.wait_for("the payment service does not know this key");
    assert!(!log.contains("pk_mistaken"), "{log}");
    assert_eq!(stack.moto.item(stack.resource("StockTable"), "lamp")["pieces"]["N"], "4");

    // Once it is put right, the order is fulfilled.
    put_secret(stack, "sk_judged");
    source.settle(&source.queue(), &messages, &[id(&messages[0])]);
    assert_eq!(stack.function("fulfil").source().drain(), 1);
    assert_eq!(stack.moto.item(stack.resource("StockTable"), "lamp")["pieces"]["N"], "3");
    assert_eq!(stack.function("invoice").arrivals().len(), 1);
}

/// It comes as another message then, but it is one order.
fn place_an_order_again(stack: &Stack) {
    let place = stack.function("place");
    assert_eq!(request(&place.emulator, "POST", "/orders", &order("o-7", "Ada", "lamp", 1)).0, 202);
    assert_eq!(stack.function("fulfil").source().drain(), 1);
    assert_eq!(stack.moto.item(stack.resource("StockTable"), "lamp")["pieces"]["N"], "3");
    assert_eq!(stack.function("invoice").arrivals(), Vec::<Value>::new());
}

/// What no program answers for, the queue gives up itself, as the template says.
fn crash_at_each_attempt(stack: &Stack) {
    let place = stack.function("place");
    assert_eq!(request(&place.emulator, "POST", "/orders", &order("o-8", "Ada", "lamp", 1)).0, 202);
    let queue = stack.resource("OrdersQueue");
    for _ in 0..5 {
        let [message] = &stack.moto.receive(queue)[..] else { panic!("not one message") };
        stack.moto.release(queue, message);
    }
    assert_eq!(stack.moto.receive(queue), Vec::<Value>::new());
    let give_up = stack.function("give-up");
    assert_eq!(give_up.source().drain(), 1);
    give_up.emulator.wait_for("o-8");
}
