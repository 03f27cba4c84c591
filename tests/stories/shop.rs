//! What goes on in the example `orders`, a shop, the same on every provider that has all of what it needs.
//!
//! A driver deploys the shop and is the platform's double: it delivers as the platform does, by what the manifests say.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The shop, deployed on a provider. Resources have their logical names.
pub(crate) trait Shop {
    /// What the platform does in its own way.
    fn ways(&self) -> Ways;

    /// A client's request to a function, with a body of JSON: the status and the body of the answer, null if it is none.
    fn request(&mut self, function: &str, method: &str, path: &str, body: &Value) -> (u16, Value);

    /// Makes the platform try once to deliver what waits for a function: as much as it would deliver before it has the first answer.
    fn attempt(&mut self, function: &str, answer: Answer);

    /// Makes the platform deliver what waits for a function until nothing does: what failed comes again, as often as the
    /// platform lets it, and then is where dead letters go.
    fn settle(&mut self, function: &str);

    /// Lets the next instant of a timer come.
    fn fire(&mut self, function: &str);

    /// Writes a record into a stream.
    fn record(&mut self, stream: &str, partition: &str, data: &Value);

    /// Changes a secret, and has new processes made: one keeps a secret for some minutes.
    fn put_secret(&mut self, secret: &str, value: &str);

    /// What a table holds under a key, as the program knows it.
    fn item(&mut self, table: &str, key: &str) -> Option<Value>;

    /// What an object of a bucket holds.
    fn object(&mut self, bucket: &str, key: &str) -> Option<String>;

    /// What all processes of a function have logged, in text or in JSON; others' lines may be among it.
    fn log(&mut self, function: &str) -> String;

    /// Messages that wait for functions or lie where dead letters go: a name for each such place.
    fn left(&mut self) -> Vec<String>;

    /// Called after a chapter, to look at what only this platform has.
    fn after(&mut self, _chapter: Chapter) {}
}

/// What platforms do in their own ways, where it can be seen.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "platforms combine them as they like")]
pub(crate) struct Ways {
    /// Each change of a table is told; else only what an item is in the end.
    pub(crate) tells_each_change: bool,
    /// It is told that an item is new or was changed; else only that one of both is the case.
    pub(crate) tells_inserts: bool,
    /// It is told that an item was removed.
    pub(crate) tells_removals: bool,
    /// An attempt in which the process ends is one of those that a message has.
    pub(crate) counts_crashes: bool,
}

/// What the platform gets to hear of an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Answer {
    /// The function's answer.
    Heard,
    /// Nothing, although the function ended: the answer was lost on the way.
    Lost,
    /// Nothing, since the process ended and did nothing.
    Crash,
}

/// What has just happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Chapter {
    /// Five orders wait.
    Placed,
    /// They were attempted, and the answers were lost.
    Unheard,
    /// Three were fulfilled, and two are dead letters.
    Fulfilled,
}

/// The functions whose logs must not have a secret.
const FUNCTIONS: [&str; 12] = [
    "announce",
    "count-views",
    "discontinue",
    "email",
    "fill",
    "fulfil",
    "give-up",
    "invoice",
    "operations",
    "place",
    "report",
    "watch-stock",
];

/// All of it.
pub(crate) fn tell(shop: &mut impl Shop) {
    shop.put_secret("payment-key", "sk_of_the_story");
    fill_the_shelf(shop);
    place_orders(shop);
    fulfil(shop);
    give_up(shop);
    write_invoices(shop);
    watch_the_stock(shop);
    tell_people(shop);
    report(shop);
    count_views(shop);
    try_a_wrong_secret(shop);
    place_an_order_again(shop);
    if shop.ways().counts_crashes {
        crash_at_each_attempt(shop);
    }
    assert_eq!(shop.left(), [""; 0], "nothing is lost, and nothing is left");
}

/// Also looked at by the one who watches the stock, so that it is a change of its own on every platform.
fn fill_the_shelf(shop: &mut impl Shop) {
    let (status, _) = shop.request("fill", "PUT", "/stock/lamp", &json!({ "pieces": 4, "cents": 4900 }));
    assert_eq!(status, 204);
    let lamp = shop.item("stock", "lamp").expect("the lamp is on the shelf");
    assert_eq!((&lamp["pieces"], &lamp["cents"]), (&json!(4), &json!(4900)));
    shop.settle("watch-stock");
}

fn order(id: &str, customer: &str, sku: &str, pieces: u32) -> Value {
    json!({ "id": id, "customer": customer, "sku": sku, "pieces": pieces })
}

/// Two for which there is enough, one for which there is not, one that waits behind it, and one of what nobody sells.
pub(crate) fn orders() -> [Value; 5] {
    [
        order("o-1", "Ada", "lamp", 1),
        order("o-2", "Ada", "lamp", 2),
        order("o-3", "Ada", "lamp", 2),
        order("o-4", "Ada", "lamp", 1),
        order("o-5", "Grace", "moon", 1),
    ]
}

fn place(shop: &mut impl Shop, order: &Value) {
    let (status, body) = shop.request("place", "POST", "/orders", order);
    assert_eq!((status, &body), (202, order));
}

fn place_orders(shop: &mut impl Shop) {
    for order in orders() {
        place(shop, &order);
    }
    assert_eq!(shop.request("place", "POST", "/orders", &order("o-6", "Ada", "lamp", 0)).0, 400);
    shop.after(Chapter::Placed);
}

/// Every platform delivers at least once, and so some of them come twice.
fn fulfil(shop: &mut impl Shop) {
    shop.attempt("fulfil", Answer::Lost);
    shop.after(Chapter::Unheard);
    shop.settle("fulfil");
    let missing = "2 of `lamp` are wanted, and 1 are there";
    let lines = wait_for(shop, "fulfil", 3, &["order fulfilled"]);
    assert_eq!(lines.len(), 3, "{lines:?}");
    for (line, order) in lines.iter().zip(["o-1", "o-2", "o-4"]) {
        assert!(line.contains(order), "in the order in which they were placed: {lines:?}");
    }
    let attempts = wait_for(shop, "fulfil", 5, &["the function failed", missing]);
    assert_eq!(attempts.len(), 5, "as many as the function asks for: {attempts:?}");
    // The one behind it waited until it was given up.
    let log = shop.log("fulfil");
    let last = |words: &[&str]| log.lines().collect::<Vec<_>>().iter().rposition(|line| has(line, words));
    assert!(last(&[missing]) < last(&["order fulfilled", "o-4"]), "{log}");
    wait_for(shop, "fulfil", 1, &["there is no `moon` in this shop"]);
    assert_eq!(stands(shop), (Some(0), Some((3, 19600))));
    shop.after(Chapter::Fulfilled);
}

/// The pieces of the lamp that are left, and how many orders were fulfilled for how much since the last report.
fn stands(shop: &mut impl Shop) -> (Option<u64>, Option<(u64, u64)>) {
    let number = |item: &Value, name: &str| item[name].as_u64().unwrap_or_else(|| panic!("no {name}: {item}"));
    let pieces = shop.item("stock", "lamp").map(|lamp| number(&lamp, "pieces"));
    let sales = shop.item("sales", "open").map(|open| (number(&open, "orders"), number(&open, "cents")));
    (pieces, sales)
}

/// Somebody is told of the two that could not be fulfilled, and of no other.
fn give_up(shop: &mut impl Shop) {
    shop.settle("give-up");
    let lines = wait_for(shop, "give-up", 2, &["order given up"]);
    for order in ["o-3", "o-5"] {
        assert_eq!(lines.iter().filter(|line| line.contains(order)).count(), 1, "{lines:?}");
    }
    assert_eq!(lines.len(), 2, "{lines:?}");
}

fn write_invoices(shop: &mut impl Shop) {
    shop.settle("invoice");
    wait_for(shop, "invoice", 3, &["invoice written"]);
    for (order, text) in [
        ("o-1", "Ada\n1 x lamp\nTotal 49.00 EUR\n"),
        ("o-2", "Ada\n2 x lamp\nTotal 98.00 EUR\n"),
        ("o-4", "Ada\n1 x lamp\nTotal 49.00 EUR\n"),
    ] {
        assert_eq!(shop.object("invoices", &format!("{order}.txt")).as_deref(), Some(text));
    }
    for order in ["o-3", "o-5"] {
        assert_eq!(shop.object("invoices", &format!("{order}.txt")), None);
    }
    shop.settle("announce");
}

/// The last lamps are sold, and then it is taken out of the shop.
fn watch_the_stock(shop: &mut impl Shop) {
    shop.settle("watch-stock");
    assert_eq!(shop.request("discontinue", "DELETE", "/stock/lamp", &Value::Null).0, 204);
    assert_eq!(shop.item("stock", "lamp"), None);
    shop.settle("watch-stock");
    let ways = shop.ways();
    if ways.tells_inserts {
        wait_for(shop, "watch-stock", 1, &["stock: new"]);
        if ways.tells_each_change {
            wait_for(shop, "watch-stock", 1, &["stock: changed"]);
        }
    }
}

/// Each subscription has what its filter lets through, and nothing else.
fn tell_people(shop: &mut impl Shop) {
    let ways = shop.ways();
    let invoices = ["order o-1: Total 49.00 EUR", "order o-2: Total 98.00 EUR", "order o-4: Total 49.00 EUR"];
    let mut stock = vec!["only 0 of `lamp` left"];
    stock.extend(ways.tells_each_change.then_some("only 1 of `lamp` left"));
    stock.extend(ways.tells_removals.then_some("`lamp` is no longer sold"));
    for (function, said, texts) in
        [("email", "email to the customer", invoices.to_vec()), ("operations", "message to operations", stock)]
    {
        shop.settle(function);
        let lines = wait_for(shop, function, texts.len(), &[said]);
        for text in &texts {
            assert_eq!(lines.iter().filter(|line| line.contains(text)).count(), 1, "{text}: {lines:?}");
        }
        assert_eq!(lines.len(), texts.len(), "{lines:?}");
    }
}

fn report(shop: &mut impl Shop) {
    for said in ["euros", "nothing sold"] {
        shop.fire("report");
        let lines = wait_for(shop, "report", 1, &[said]);
        if said == "euros" {
            assert!(is(&lines[0], "orders", 3) && is(&lines[0], "euros", 196), "{lines:?}");
        }
        assert_eq!(shop.item("sales", "open"), None);
    }
}

fn count_views(shop: &mut impl Shop) {
    for (partition, page) in [("a", "/"), ("b", "/lamps"), ("a", "/")] {
        shop.record("page-views", partition, &json!({ "page": page }));
    }
    shop.settle("count-views");
    wait_for(shop, "count-views", 1, &[r#"{"/": 2, "/lamps": 1}"#]);
}

/// That a secret is wrong is said, but not the secret. Once it is put right, the order is fulfilled.
fn try_a_wrong_secret(shop: &mut impl Shop) {
    shop.put_secret("payment-key", "pk_mistaken");
    let lamps = json!({ "pieces": 4, "cents": 4900 });
    assert_eq!(shop.request("fill", "PUT", "/stock/lamp", &lamps).0, 204);
    place(shop, &order("o-7", "Ada", "lamp", 1));
    shop.attempt("fulfil", Answer::Heard);
    wait_for(shop, "fulfil", 1, &["the payment service does not know this key"]);
    assert_eq!(stands(shop), (Some(4), None));

    shop.put_secret("payment-key", "sk_put_right");
    shop.settle("fulfil");
    wait_for(shop, "fulfil", 1, &["order fulfilled", "o-7"]);
    assert_eq!(stands(shop), (Some(3), Some((1, 4900))));
    for function in FUNCTIONS {
        let log = shop.log(function);
        for secret in ["sk_of_the_story", "pk_mistaken", "sk_put_right"] {
            assert!(!log.contains(secret), "{function}: {log}");
        }
    }
}

/// It comes as another message then, but it is one order.
fn place_an_order_again(shop: &mut impl Shop) {
    place(shop, &order("o-7", "Ada", "lamp", 1));
    shop.settle("fulfil");
    assert_eq!(stands(shop), (Some(3), Some((1, 4900))));
    for function in ["invoice", "announce", "email", "watch-stock"] {
        shop.settle(function);
    }
    let lines = wait_for(shop, "email", 4, &["email to the customer"]);
    assert_eq!(lines.len(), 4, "{lines:?}");
}

/// What no program answers for, the platform gives up itself, as the manifest says.
fn crash_at_each_attempt(shop: &mut impl Shop) {
    place(shop, &order("o-8", "Ada", "lamp", 1));
    for _ in 0..5 {
        shop.attempt("fulfil", Answer::Crash);
    }
    shop.settle("fulfil");
    assert_eq!(stands(shop).0, Some(3), "nobody was left to try it");
    shop.settle("give-up");
    let lines = wait_for(shop, "give-up", 3, &["order given up"]);
    assert!(lines.len() == 3 && lines[2].contains("o-8"), "{lines:?}");
}

/// Waits until a function has logged so many lines that have all of these words, and gives all such lines.
fn wait_for(shop: &mut impl Shop, function: &str, least: usize, words: &[&str]) -> Vec<String> {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let log = shop.log(function);
        let lines: Vec<String> = log.lines().filter(|line| has(line, words)).map(str::to_owned).collect();
        if lines.len() >= least {
            return lines;
        }
        assert!(Instant::now() < until, "`{function}` did not log {words:?} {least} times:\n{log}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a line has all of these words. In JSON, quotation marks stand behind a backslash.
fn has(line: &str, words: &[&str]) -> bool {
    let line = line.replace('\\', "");
    words.iter().all(|word| line.contains(word))
}

/// Whether a field of a line is that number, in text or in JSON.
fn is(line: &str, field: &str, value: u32) -> bool {
    line.contains(&format!("{field}={value}")) || line.contains(&format!("\"{field}\":{value}"))
}
