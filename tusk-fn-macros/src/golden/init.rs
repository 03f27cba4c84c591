#[tusk_fn::init]
async fn connect(settings: State<Settings>) -> Result<Db, DbError> {
    Db::connect(&settings.url).await
}
