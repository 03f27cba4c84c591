#[allow(clippy::too_many_arguments, clippy::unused_async)]
/// Fulfils an order.
async fn fulfil(
    message: Message<Order>,
    fulfilled: Sender<Order>,
    stock: Table<Stock>,
    #[allow(unused_variables)]
    key: Secret<String>,
) -> Result<(), OrderError> {
    fulfilled.send(message.body).await
}

// crate::call_to_tusk_fn_main_or_library::emit! {
// record = ("{\"v\":1,\"name\":\"fulfil\",\"trigger\":{\"kind\":\"queue\",\"queue\":\"orders\",\"max_attempts\":3,\"ordered\":true},\"targets\":[\"aws\"],\"outputs\":[{\"kind\":\"topic\",\"name\":\"fulfilled\"},{\"kind\":\"table\",\"name\":\"shop/stock\",\"access\":\"read\"},{\"kind\":\"secret\",\"name\":\"stripe-key\"}],\"doc\":\"Fulfils an order.\",\"source\":{\"package\":\"tusk-fn-macros\",\"module\":\"" , "\",\"function\":\"fulfil\",\"file\":\"\",\"line\":0}}\n")
// open =
// const duplicate_function_name_fulfil : () =
// close =
// ;
// guards =
const duplicate_queue_orders: () = ();
// exports =
// "tusk_fn: declared twice: the name fulfil" "tusk_fn: declared twice: the queue orders"
// handler =
fn __tusk_fn_handler(
    __tusk_fn_invocation: __tusk_fn_rt::Invocation,
) -> __tusk_fn_rt::HandlerFuture {
    use __tusk_fn_rt::{
        PickAnswer as _, PickFallible as _, PickPlain as _, PickResponse as _,
    };
    __tusk_fn_rt::boxed(async move {
        let mut __tusk_fn_invocation = __tusk_fn_invocation;
        let __tusk_fn_argument_0 = __tusk_fn_rt::kind::Queue::last_argument::<
            Message<Order>,
            _,
            __tusk_fn_rt::target::Aws,
        >()
            .take(&mut __tusk_fn_invocation)
            .await?;
        let __tusk_fn_argument_1 = __tusk_fn_rt::output_kind::Topic::prove::<
            Sender<Order>,
        >("fulfilled", true, true)
            .take(&mut __tusk_fn_invocation)
            .await?;
        let __tusk_fn_argument_2 = __tusk_fn_rt::output_kind::Table::prove::<
            Table<Stock>,
        >("shop/stock", true, false)
            .take(&mut __tusk_fn_invocation)
            .await?;
        let __tusk_fn_argument_3 = __tusk_fn_rt::output_kind::Secret::prove::<
            Secret<String>,
        >("stripe-key", true, true)
            .take(&mut __tusk_fn_invocation)
            .await?;
        let __tusk_fn_value = fulfil(
                __tusk_fn_argument_0,
                __tusk_fn_argument_1,
                __tusk_fn_argument_2,
                __tusk_fn_argument_3,
            )
            .await;
        __tusk_fn_rt::handled(
            (&&&&__tusk_fn_rt::Pick::<
                __tusk_fn_rt::kind::Queue,
                Result<(), OrderError>,
            >::of(&__tusk_fn_value))
                .pick()
                .prove::<Result<(), OrderError>, __tusk_fn_rt::target::Aws>()
                .finish(__tusk_fn_value),
        )
    })
}
fn __tusk_fn_requirements() -> __tusk_fn_rt::Requirements {
    __tusk_fn_rt::requirements::<
        __tusk_fn_rt::kind::Queue,
    >(
        &[
            __tusk_fn_rt::kind::Queue::last_argument::<
                Message<Order>,
                _,
                __tusk_fn_rt::target::Aws,
            >()
                .requirement(),
            __tusk_fn_rt::output_kind::Topic::prove::<
                Sender<Order>,
            >("fulfilled", true, true)
                .requirement(),
            __tusk_fn_rt::output_kind::Table::prove::<
                Table<Stock>,
            >("shop/stock", true, false)
                .requirement(),
            __tusk_fn_rt::output_kind::Secret::prove::<
                Secret<String>,
            >("stripe-key", true, true)
                .requirement(),
        ],
    )
}
// }

// 602 tokens
