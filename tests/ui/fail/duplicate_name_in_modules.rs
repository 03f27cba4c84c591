//! Two functions of one name in two modules.

mod a {
    #[tusk_fn::tusk_fn(trigger = "http", route = "a")]
    async fn users() {}
}

mod b {
    #[tusk_fn::tusk_fn(trigger = "http", route = "b")]
    async fn users() {}
}

tusk_fn::main!();
