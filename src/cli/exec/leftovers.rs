//! What a command leaves behind in the accounts of its server.

use zendesk_mock::{ActiveFault, ZendeskMock};

/// The lines of the report about what must not be left, or none.
pub fn find(server: &ZendeskMock, leaks: bool, unused_faults: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for account in server.accounts() {
        let name = account.name();
        if leaks && let Some(leaks) = account.describe_leaks() {
            lines.push(format!("account {name}: these tokens miss a step:\n{leaks}"));
        }
        if unused_faults {
            let unused = account.faults().into_iter().filter(|fault| fault.triggered == 0);
            lines.extend(unused.map(|fault| describe(name, &fault)));
        }
    }
    lines
}

fn describe(account: &str, ActiveFault { id, fault, matched, .. }: &ActiveFault) -> String {
    format!(
        "account {account}: no request triggered fault {id} ({fault}), and {matched} matched it"
    )
}
