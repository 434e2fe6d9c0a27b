//! `/_mock/faults`: the faults of the account.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::faults::ActiveFault;
use crate::http::control::answer::Reply;
use crate::http::control::call::{Call, Fields, NoFields};
use crate::http::exchange::fault_json::FaultJson;

impl Fields for FaultJson {
    const EXAMPLE: &'static str =
        r#"{"operation": "upload", "nth": 2, "times": 1, "status": 429, "retry_after": 3}"#;
    const NEEDS_BODY: bool = true;
}

/// A fault as it can be sent, with its number and what it did.
#[derive(Serialize, JsonSchema)]
pub struct ActiveFaultJson {
    id: u64,
    /// How many requests it matched.
    matched: u64,
    /// How many requests triggered it.
    triggered: u64,
    #[serde(flatten)]
    fault: FaultJson,
}

#[derive(Serialize, JsonSchema)]
pub struct AddedFault {
    fault: ActiveFaultJson,
}

#[derive(Serialize, JsonSchema)]
pub struct FaultList {
    faults: Vec<ActiveFaultJson>,
}

impl From<&ActiveFault> for ActiveFaultJson {
    fn from(ActiveFault { id, fault, matched, triggered }: &ActiveFault) -> Self {
        let fault = FaultJson::new(fault);
        Self { id: *id, matched: *matched, triggered: *triggered, fault }
    }
}

pub async fn list(call: Call) -> Reply<FaultList> {
    let faults = call.account().faults();
    call.answer(FaultList { faults: faults.iter().map(Into::into).collect() }).await
}

pub async fn add(call: Call<FaultJson>) -> Reply<AddedFault, 201> {
    let active = call.account().add_fault(call.input.fault()?)?;
    call.answer(AddedFault { fault: (&active).into() }).await
}

pub async fn clear(call: Call) -> Reply<NoFields> {
    call.account().clear_faults();
    call.answer(NoFields {}).await
}

pub async fn remove(call: Call) -> Reply<NoFields> {
    call.account().remove_fault(call.number("id")?)?;
    call.answer(NoFields {}).await
}
