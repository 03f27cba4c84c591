#[allow(clippy::too_many_arguments, clippy::unused_async)]
async fn sweep(timer: Timer) {
    println!("due at {}", timer.scheduled_at);
}

// crate::call_to_tusk_fn_main_or_library::emit! {
// record = ("{\"v\":1,\"name\":\"clean-up\",\"trigger\":{\"kind\":\"timer\",\"schedule\":\"0 */5 * * * *\",\"tz\":\"Europe/Berlin\"},\"source\":{\"package\":\"tusk-fn-macros\",\"module\":\"" , "\",\"function\":\"sweep\",\"file\":\"\",\"line\":0}}\n")
// open =
// const duplicate_function_name_clean_dash_up : () =
// close =
// ;
// guards =
// 
// exports =
// "tusk_fn: declared twice: the name clean-up"
// handler =
fn __tusk_fn_handler(
    __tusk_fn_invocation: __tusk_fn_rt::Invocation,
) -> __tusk_fn_rt::HandlerFuture {
    use __tusk_fn_rt::{
        PickAnswer as _, PickFallible as _, PickPlain as _, PickResponse as _,
    };
    __tusk_fn_rt::boxed(async move {
        let mut __tusk_fn_invocation = __tusk_fn_invocation;
        let __tusk_fn_argument_0 = __tusk_fn_rt::kind::Timer::last_argument::<
            Timer,
            _,
            __tusk_fn_rt::target::Several,
        >()
            .take(&mut __tusk_fn_invocation)
            .await?;
        let __tusk_fn_value = sweep(__tusk_fn_argument_0).await;
        __tusk_fn_rt::handled(
            (&&&&__tusk_fn_rt::Pick::<
                __tusk_fn_rt::kind::Timer,
                (),
            >::of(&__tusk_fn_value))
                .pick()
                .prove::<(), __tusk_fn_rt::target::Several>()
                .finish(__tusk_fn_value),
        )
    })
}
fn __tusk_fn_requirements() -> __tusk_fn_rt::Requirements {
    __tusk_fn_rt::requirements::<
        __tusk_fn_rt::kind::Timer,
    >(
        &[
            __tusk_fn_rt::kind::Timer::last_argument::<
                Timer,
                _,
                __tusk_fn_rt::target::Several,
            >()
                .requirement(),
        ],
    )
}
// }

// 316 tokens
