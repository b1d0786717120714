//! `java.lang.invoke.VarHandle`: the access methods are linked by the interpreter; called reflectively they refuse.

use peaberry_runtime::natives;
use peaberry_runtime::{JResult, JavaThread, Obj};

natives! { pub NATIVES: "java/lang/invoke/VarHandle" {
    "compareAndExchange" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "compareAndExchangeAcquire" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "compareAndExchangeRelease" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "compareAndSet" "([Ljava/lang/Object;)Z" => refuse_boolean;
    "get" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAcquire" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndAdd" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndAddAcquire" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndAddRelease" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndBitwiseAnd" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndBitwiseAndAcquire" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndBitwiseAndRelease" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndBitwiseOr" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndBitwiseOrAcquire" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndBitwiseOrRelease" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndBitwiseXor" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndBitwiseXorAcquire" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndBitwiseXorRelease" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndSet" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndSetAcquire" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getAndSetRelease" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getOpaque" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "getVolatile" "([Ljava/lang/Object;)Ljava/lang/Object;" => refuse_reference;
    "set" "([Ljava/lang/Object;)V" => refuse_void;
    "setOpaque" "([Ljava/lang/Object;)V" => refuse_void;
    "setRelease" "([Ljava/lang/Object;)V" => refuse_void;
    "setVolatile" "([Ljava/lang/Object;)V" => refuse_void;
    "weakCompareAndSet" "([Ljava/lang/Object;)Z" => refuse_boolean;
    "weakCompareAndSetAcquire" "([Ljava/lang/Object;)Z" => refuse_boolean;
    "weakCompareAndSetPlain" "([Ljava/lang/Object;)Z" => refuse_boolean;
    "weakCompareAndSetRelease" "([Ljava/lang/Object;)Z" => refuse_boolean;
} }

fn refuse<T>(thread: &mut JavaThread) -> JResult<T> {
    let text = "VarHandle access mode methods cannot be invoked reflectively";
    Err(thread.throw_new("java/lang/UnsupportedOperationException", text))
}
fn refuse_reference(thread: &mut JavaThread, _this: Obj, _arguments: Obj) -> JResult<Obj> {
    refuse(thread)
}
fn refuse_boolean(thread: &mut JavaThread, _this: Obj, _arguments: Obj) -> JResult<bool> {
    refuse(thread)
}
fn refuse_void(thread: &mut JavaThread, _this: Obj, _arguments: Obj) -> JResult<()> {
    refuse(thread)
}
