#[allow(clippy::unused_async)]
async fn connect(settings: State<Settings>) -> Result<Db, DbError> {
    Db::connect(&settings.url).await
}

// crate :: call_to_tusk_fn_main_or_library :: emit_init! {
// name = ("connect" , "" , 0u32)
// provides =
fn part() {
    (&&crate::call_to_tusk_fn_main_or_library::rt::PickState::<
        Result<Db, DbError>,
    >::new())
        .pick()
        .prove::<Result<Db, DbError>>()
        .key()
}
// needs =
fn part() {
    [
        crate::call_to_tusk_fn_main_or_library::rt::init_argument::<State<Settings>>()
            .requirement(),
    ]
}
// run = (states)
fn part() {
    let argument_0 = crate::call_to_tusk_fn_main_or_library::rt::init_argument::<
        State<Settings>,
    >()
        .take(&states)?;
    let value = connect(argument_0).await;
    (&&crate::call_to_tusk_fn_main_or_library::rt::PickState::<
        Result<Db, DbError>,
    >::new())
        .pick()
        .prove::<Result<Db, DbError>>()
        .state(value)
}
// }

// 248 tokens
