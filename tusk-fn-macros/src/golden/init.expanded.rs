#[allow(clippy::unused_async)]
async fn connect(settings: State<Settings>) -> Result<Db, DbError> {
    Db::connect(&settings.url).await
}

// crate::call_to_tusk_fn_main_or_library::emit_init! {
// name = ("connect" , "" , 0u32)
// provides =
fn part() {
    (&&__tusk_fn_rt::PickState::<Result<Db, DbError>>::new())
        .pick()
        .prove::<Result<Db, DbError>>()
        .key()
}
// needs =
// [__tusk_fn_rt :: init_argument :: < State < Settings > > () . requirement ()]
// run = (__tusk_fn_states)
fn part() {
    __tusk_fn_rt::init::boxed(async move {
        let __tusk_fn_argument_0 = __tusk_fn_rt::init_argument::<State<Settings>>()
            .take(&__tusk_fn_states)?;
        let __tusk_fn_value = connect(__tusk_fn_argument_0).await;
        (&&__tusk_fn_rt::PickState::<Result<Db, DbError>>::new())
            .pick()
            .prove::<Result<Db, DbError>>()
            .state(__tusk_fn_value)
    })
}
// }

// 237 tokens
