//! What became of a token that a request cannot use.

use crate::core::account::Account;
use crate::core::journal::{EventKind, ObjectRef, TokenStatus};
use crate::core::tokens::{ObjectToken, TokenRef};

/// Says when and by what a token was used, or when it expired, and what to do; or, where a token is
/// unknown, which account does not know it. A text that cannot be a token is none.
pub fn explain(account: &Account, token: Option<TokenRef>, is_unknown: bool) -> Option<String> {
    let named = token
        .map_or_else(|| "this token".to_owned(), |token| format!("{} token {token}", token.kind()));
    let known = token.and_then(|token| explain_known(account, token, &named));
    known.or_else(|| is_unknown.then(|| explain_unknown(account, &named)))
}

/// Says that the token of an upload was sent in the place of an object's token.
pub fn explain_object(
    account: &Account,
    token: Option<TokenRef>,
    is_unknown: bool,
) -> Option<String> {
    match token {
        Some(token @ TokenRef::Upload(_)) if account.token_history(token).is_some() => Some(
            "this is the token of an upload; a publication takes upload.token of \
                 POST /api/v2/guide/user_images/uploads"
                .to_owned(),
        ),
        Some(TokenRef::Upload(_)) => explain(account, None, is_unknown),
        token => explain(account, token, is_unknown),
    }
}

/// Says that an object's token was sent in the place of the token of an upload.
pub fn explain_object_as_upload(account: &Account, token: Option<TokenRef>) -> Option<String> {
    let token @ TokenRef::Object(ObjectToken { family, .. }) = token? else { return None };
    account.token_history(token)?;
    Some(format!(
        "{token} is the token of a {} and not of an upload; name upload.token of \
         POST /api/v2/uploads",
        family.full_name
    ))
}

/// Says which account does not know a token, by what the token is called.
pub fn explain_unknown(account: &Account, named: &str) -> String {
    format!("account {} never issued {named}, or has forgotten it", account.name())
}

fn explain_known(account: &Account, token: TokenRef, named: &str) -> Option<String> {
    let history = account.token_history(token)?;
    let step = |kind| history.steps.iter().rev().find(|step| step.kind == kind);
    let (again, lifetime) = match token {
        TokenRef::Upload(_) => ("upload the file again".to_owned(), "upload_ttl"),
        TokenRef::Object(ObjectToken { family, .. }) => {
            (format!("reserve and store the {} again", family.name), family.lifetime_setting)
        }
    };
    Some(match history.status {
        TokenStatus::Open => return None,
        TokenStatus::Expired => {
            let at = history.expires_at?;
            format!("{named} expired at {at:.0}; {again}, or raise {lifetime}")
        }
        TokenStatus::Attached => {
            let step = step(EventKind::Attached)?;
            let at = step.last_at;
            match step.object {
                Some(ObjectRef::Ticket(id)) => {
                    format!("ticket {id} attached {named} at {at:.0}; {again} for another ticket")
                }
                _ => format!("{named} was attached at {at:.0}; {again}"),
            }
        }
        TokenStatus::Published => {
            let at = step(EventKind::Published)?.last_at;
            format!("{named} was published at {at:.0}; {again}")
        }
        TokenStatus::Deleted => {
            let at = step(EventKind::Deleted)?.last_at;
            format!("{named} was deleted at {at:.0}; {again}")
        }
    })
}
