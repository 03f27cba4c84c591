//! A program that cannot start: everything that can be wrong with states, at once.

use tusk_fn::prelude::*;

#[derive(Clone)]
struct Missing;
#[derive(Clone)]
struct Twice;
#[derive(Clone)]
struct Chicken;
#[derive(Clone)]
struct Egg;
#[derive(Clone)]
struct Itself;
#[derive(Clone)]
struct Omelette;

#[tusk_fn(trigger = "http", route = "breakfast")]
async fn breakfast(_missing: State<Missing>, _twice: State<Twice>, _omelette: State<Omelette>) {}

#[tusk_fn::init]
async fn once() -> Twice {
    Twice
}

#[tusk_fn::init]
async fn again() -> Twice {
    Twice
}

#[tusk_fn::init]
async fn hatch(_egg: State<Egg>) -> Chicken {
    Chicken
}

#[tusk_fn::init]
async fn lay(_chicken: State<Chicken>) -> Egg {
    Egg
}

#[tusk_fn::init]
async fn conceive(_itself: State<Itself>) -> Itself {
    Itself
}

/// Needs what cannot be made, but is not to blame.
#[tusk_fn::init]
async fn fry(_egg: State<Egg>) -> Omelette {
    Omelette
}

tusk_fn::main!();
