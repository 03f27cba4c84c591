//! A state that cannot be cloned.

use tusk_fn::State;

struct Settings;

#[tusk_fn::init]
async fn connect(settings: State<Settings>) -> u64 {
    let _ = settings;
    1
}

tusk_fn::main!();
