//! The emulated path that a misspelt one resembles.

use crate::core::accounts::AccountName;

const ROOT: &str = "/api/v2";

/// The longest path that is compared, in bytes. The time that it takes grows with its square.
const LONGEST: usize = 200;

/// How many letters may be wrong.
const MOST_WRONG: usize = 3;

/// The emulated path that the client probably meant. `patterns` are those of the routes.
pub fn find(path: &str, patterns: &[&'static str]) -> Option<String> {
    if path.len() > LONGEST {
        return None;
    }
    misplaced_root(path).or_else(|| {
        let is_below = |pattern: &&&str| {
            let literal = pattern.split("/{").next().unwrap_or_default();
            let rest = literal.strip_prefix(ROOT).and_then(|own| path.strip_prefix(own));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match patterns.iter().find(is_below) {
            Some(_) => Some(format!("{ROOT}{path}")),
            None => nearest(path, patterns),
        }
    })
}

/// A path with something before the root: the root again, or an account without its `@`.
fn misplaced_root(path: &str) -> Option<String> {
    let root = path.rfind(ROOT).filter(|place| *place > 0)?;
    let (before, rest) = path.split_at(root);
    if !rest[ROOT.len()..].starts_with('/') {
        return None;
    }
    let account = before.trim_start_matches('/');
    let is_account = AccountName::parse(account).is_some() && account != "api";
    Some(if is_account { format!("/@{account}{rest}") } else { rest.to_owned() })
}

fn nearest(path: &str, patterns: &[&'static str]) -> Option<String> {
    let filled = patterns.iter().filter_map(|pattern| {
        let (filled, literals) = fill(pattern, path)?;
        let wrong = strsim::damerau_levenshtein(&filled, path);
        // Short names resemble one another by chance.
        (wrong > 0 && wrong <= MOST_WRONG && wrong * 4 <= literals).then_some((wrong, filled))
    });
    filled.min_by_key(|(wrong, _)| *wrong).map(|(_, filled)| filled)
}

/// The pattern with the parameters of a path, and the length of its literals. A path of another
/// number of segments does not fill it.
fn fill(pattern: &str, path: &str) -> Option<(String, usize)> {
    let (mut filled, mut literals) = (String::new(), 0);
    let mut sent = path.split('/').skip(1);
    for own in pattern.split('/').skip(1) {
        let segment = sent.next()?;
        filled.push('/');
        match own {
            _ if own.starts_with("{*") => {
                filled.push_str(segment);
                sent.by_ref().for_each(|rest| filled.extend(["/", rest]));
            }
            _ if own.starts_with('{') => filled.push_str(segment),
            _ => {
                filled.push_str(own);
                literals += own.len() + 1;
            }
        }
    }
    sent.next().is_none().then_some((filled, literals))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATTERNS: [&str; 8] = [
        "/api/v2/uploads",
        "/api/v2/uploads/{token}",
        "/api/v2/tickets/{id}/comments",
        "/api/v2/guide/user_images",
        "/api/v2/guide/user_images/uploads",
        "/attachments/token/{token}/",
        "/hc/user_images/{name}",
        "/aus-uploaded-assets/{*key}",
    ];

    #[test]
    fn a_misspelt_path_finds_its_neighbour_and_another_finds_none() {
        for (path, found) in [
            ("/api/v2/upload", Some("/api/v2/uploads")),
            ("/api/v2/Uploads", Some("/api/v2/uploads")),
            ("/api/v1/uploads", Some("/api/v2/uploads")),
            ("/api/v2/upload/abc", Some("/api/v2/uploads/abc")),
            ("/api/v2/ticket/1/coments", Some("/api/v2/tickets/1/comments")),
            ("/api/v2/guide/user_image", Some("/api/v2/guide/user_images")),
            ("/api/v2/guide/user_images/upload", Some("/api/v2/guide/user_images/uploads")),
            ("/attachment/token/abc/", Some("/attachments/token/abc/")),
            ("/hc/user_image/a.png", Some("/hc/user_images/a.png")),
            ("/aus-uploaded-asset/1/2/x", Some("/aus-uploaded-assets/1/2/x")),
            ("/acme/api/v2/uploads", Some("/@acme/api/v2/uploads")),
            ("/acme/api/v2/x", Some("/@acme/api/v2/x")),
            ("/api/v2/api/v2/uploads", Some("/api/v2/uploads")),
            ("/api/api/v2/uploads", Some("/api/v2/uploads")),
            ("/uploads", Some("/api/v2/uploads")),
            ("/tickets/1/comments", Some("/api/v2/tickets/1/comments")),
            ("/guide/user_images/uploads", Some("/api/v2/guide/user_images/uploads")),
            ("/api/v2/zebra", None),
            ("/api/v2", None),
            ("/", None),
            ("*", None),
        ] {
            assert_eq!(find(path, &PATTERNS).as_deref(), found, "{path}");
        }
        assert_eq!(find(&format!("/api/v2/uploads{}", "x".repeat(LONGEST)), &PATTERNS), None);
    }
}
