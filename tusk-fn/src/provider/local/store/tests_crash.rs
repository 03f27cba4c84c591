//! Kills a program that uses a store, again and again, and looks whether anything is lost.
//!
//! The program is this test binary itself. It says on its standard output what the store has acknowledged.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::tests::{at, policy};
use super::tests_open::scatter;
use super::*;

/// Names the folder for the program that will be killed.
const FOLDER: &str = "TUSK_FN_STORE_TO_KILL";
const ROUND: &str = "TUSK_FN_STORE_ROUND";
const ROUNDS: u64 = 8;
const TASKS: usize = 6;

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// What the program does until it is killed: half of its tasks send, the other half receive and settle.
async fn work(store: Store, round: String) {
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        let (store, round) = (store.clone(), round.clone());
        tasks.spawn(async move {
            for n in 0u64.. {
                if task % 2 == 0 {
                    send(&store, &format!("{round}.{task}.{n}")).await;
                } else {
                    settle(&store, n).await;
                }
            }
        });
    }
    while tasks.join_next().await.is_some() {}
}

/// Sends to two queues at once: both have it, or neither.
async fn send(store: &Store, text: &str) {
    let puts = ["q", "copy"].map(|queue| Put::new(queue, text.to_owned().repeat(20), at(0)));
    store.enqueue(puts.into()).await.unwrap();
    say(&format!("sent {text}"));
}

async fn settle(store: &Store, n: u64) {
    let how = Receive { most: 2, visibility: Duration::from_hours(1), ordered: false, policy: policy(1) };
    store.wait("q", at(0)).await;
    let received = store.receive("q", &how, at(0)).await.unwrap();
    // Some stay in flight for ever: only the kill gives them back.
    for received in received.into_iter().filter(|_| !n.is_multiple_of(5)) {
        let text = text_of(&received.message);
        say(&format!("acknowledging {text}"));
        assert_eq!(store.ack(vec![received.receipt]).await.unwrap(), []);
        say(&format!("acknowledged {text}"));
    }
}

fn text_of(message: &Message) -> String {
    let text = String::from_utf8(message.body.to_vec()).unwrap();
    text[..text.len() / 20].to_owned()
}

fn start(folder: &Path, round: u64) -> Child {
    let name = "provider::local::store::tests_crash::a_killed_program_loses_nothing";
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lets the program run for a while after its first word, kills it, and gives all that it said.
fn run_and_kill(folder: &Path, round: u64, while_running: Duration) -> Vec<String> {
    let mut child = start(folder, round);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (begun, first_word) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut said = Vec::new();
        // A line that was cut off by the kill has no end, and was not said.
        while let Some(Ok(line)) = lines.next() {
            if line.starts_with("sent") {
                let _ = begun.send(());
            }
            said.push(line);
        }
        said
    });
    first_word.recv().unwrap();
    thread::sleep(while_running);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[derive(Default)]
struct Said {
    sent: HashSet<String>,
    acknowledging: HashSet<String>,
    acknowledged: HashSet<String>,
}

impl Said {
    fn add(&mut self, lines: &[String]) {
        for (verb, text) in lines.iter().filter_map(|line| line.split_once(' ')) {
            let text = text.to_owned();
            match verb {
                "sent" => self.sent.insert(text),
                "acknowledging" => self.acknowledging.insert(text),
                "acknowledged" => self.acknowledged.insert(text),
                _ => false,
            };
        }
    }

    fn check(&self, store: &Store) {
        let messages = store.peek("q", None, usize::MAX).unwrap();
        let there: HashSet<String> = messages.iter().map(|it| text_of(&it.message)).collect();
        assert_eq!(there.len(), messages.len(), "a message is there twice");
        for sent in &self.sent {
            assert!(there.contains(sent) || self.acknowledging.contains(sent), "{sent} is lost");
        }
        for acknowledged in &self.acknowledged {
            assert!(!there.contains(acknowledged), "{acknowledged} is there again");
        }
        let copies = store.peek("copy", None, usize::MAX).unwrap();
        let copies: HashSet<String> = copies.iter().map(|it| text_of(&it.message)).collect();
        assert!(there.is_subset(&copies) && self.sent.is_subset(&copies), "half of a message is lost");
        let innocent = messages.iter().all(|it| it.attempts == 0 && !it.in_flight);
        assert!(innocent && store.count("dead/q", at(0)).visible == 0, "an attempt was counted");
    }
}

#[test]
fn a_killed_program_loses_nothing() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let store = Store::open(Path::new(&folder)).unwrap();
        runtime.block_on(work(store, std::env::var(ROUND).unwrap()));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut next = scatter(u64::from(std::process::id()));
    let mut said = Said::default();
    for round in 0..ROUNDS {
        said.add(&run_and_kill(folder.path(), round, Duration::from_millis(next() % 250)));
        // Every other round the next program opens what the kill left.
        if round % 2 == 1 {
            said.check(&Store::open(folder.path()).unwrap());
        }
    }
    assert!(!said.sent.is_empty() && !said.acknowledged.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_lose_and_repeat_nothing() {
    let store = Store::in_memory().unwrap();
    let send = |task: usize| {
        let store = store.clone();
        tokio::spawn(async move {
            for n in 0..100 {
                store.enqueue(vec![Put::new("q", format!("{task}.{n}"), at(0))]).await.unwrap();
            }
        })
    };
    let done = Arc::new(std::sync::Mutex::new(Vec::new()));
    let settle = |_| {
        let (store, done) = (store.clone(), Arc::clone(&done));
        tokio::spawn(async move {
            let how = Receive { most: 3, visibility: Duration::from_mins(1), ordered: false, policy: policy(1) };
            while done.lock().unwrap().len() < 800 {
                // The last message is another task's: nothing will come any more.
                let _ = tokio::time::timeout(Duration::from_millis(50), store.wait("q", at(0))).await;
                for received in store.receive("q", &how, at(0)).await.unwrap() {
                    store.ack(vec![received.receipt]).await.unwrap();
                    done.lock().unwrap().push(received.message.body);
                }
            }
        })
    };
    let tasks: Vec<_> = (0..8).map(send).chain((0..4).map(settle)).collect();
    for task in tasks {
        task.await.unwrap();
    }
    let done = done.lock().unwrap();
    assert_eq!((done.len(), done.iter().collect::<HashSet<_>>().len()), (800, 800));
}
