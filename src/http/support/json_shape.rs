//! Which properties of a JSON body a route uses.

use serde_json::Value;

/// How many names a warning has. More would make a head that clients refuse.
const MOST_NAMES: usize = 50;
/// How many characters of a name a warning has.
const LONGEST_NAME: usize = 64;

/// The properties that a route uses of the object under `name`: paths with white space between. The
/// value of a property may have any shape. Of a shape without properties, the object is unused too.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The names of the route in the warning.
    pub controller: &'static str,
    pub action: &'static str,
    pub name: &'static str,
    /// The names of properties, in lists.
    pub properties: &'static [&'static [&'static str]],
    pub used: &'static [&'static str],
}

impl Shape {
    /// The used paths below the object.
    pub fn paths(&self) -> impl Iterator<Item = &'static str> + Clone + use<> {
        let properties = self.properties.iter().copied().flatten();
        properties.chain(self.used).flat_map(|used| used.split_whitespace())
    }

    /// The names that are used in the object that holds `path`.
    pub fn names_beside(&self, path: &str) -> Vec<&'static str> {
        let Some((parent, _)) = path.rsplit_once('.') else { return vec![self.name] };
        let inside = self.paths().filter_map(|used| match parent.strip_prefix(self.name)? {
            "" => used.split('.').next(),
            parent => used.strip_prefix(parent.strip_prefix('.')?)?.strip_prefix('.'),
        });
        inside.collect()
    }

    /// Whether a path such as `ticket.comment` is used, and whether a part of it is.
    fn uses(&self, path: &str) -> (bool, bool) {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let mut used = self.paths();
        if name != self.name || rest.is_empty() {
            return (false, name == self.name && used.next().is_some());
        }
        let is_below =
            |used: &str| used.strip_prefix(rest).is_some_and(|rest| rest.starts_with('.'));
        (used.clone().any(|used| used == rest), used.any(is_below))
    }
}

/// The names of unused properties, such as `ticket.comment.created_at`. The properties of an unused
/// object come before the object itself, as recorded.
pub fn unused(value: &Value, shape: &Shape) -> Vec<String> {
    let mut names = Vec::new();
    collect("", value, shape, &mut names);
    names
}

fn collect(path: &str, value: &Value, shape: &Shape, names: &mut Vec<String>) {
    // Full: the paths of what follows need not be written.
    if names.len() == MOST_NAMES {
        return;
    }
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let shortened: String = name.chars().take(LONGEST_NAME).collect();
                let path = if path.is_empty() { shortened } else { format!("{path}.{shortened}") };
                let (is_used, is_partly_used) = shape.uses(&path);
                if !is_used {
                    collect(&path, value, shape, names);
                    if !is_partly_used {
                        push(path, names);
                    }
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|item| collect(path, item, shape, names)),
        _ => {}
    }
}

fn push(path: String, names: &mut Vec<String>) {
    if names.len() < MOST_NAMES && !names.contains(&path) {
        names.push(path);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::*;

    const BODY: Shape = Shape {
        controller: "tickets",
        action: "create",
        name: "ticket",
        properties: &[&["subject"], &["custom"]],
        used: &["comment.body"],
    };

    #[test]
    fn unused_properties_are_named_from_the_inside_out() {
        let body = json!({
            "attachment": null,
            "ticket": {"id": 1, "subject": "s", "comment": {"body": "b", "created_at": "x"}, "custom": {"any": 1}}
        });
        assert_eq!(unused(&body, &BODY), ["attachment", "ticket.comment.created_at", "ticket.id"]);
        assert_eq!(
            unused(&json!({"ticket": {"id": 1}}), &Shape { properties: &[], used: &[], ..BODY }),
            ["ticket.id", "ticket"]
        );
    }

    #[test]
    fn the_names_beside_a_path_are_those_of_its_object() {
        assert_eq!(BODY.names_beside("tiket"), ["ticket"]);
        assert_eq!(BODY.names_beside("ticket.sbject"), ["subject", "custom", "comment"]);
        assert_eq!(BODY.names_beside("ticket.comment.bdy"), ["body"]);
        assert!(BODY.names_beside("tiket.subject").is_empty());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            ".*".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 64, 8, |inside| {
            prop_oneof![
                prop::collection::vec(inside.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(".*", inside, 0..8)
                    .prop_map(|map| Value::from(map.into_iter().collect::<Map<String, Value>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_body_has_few_unused_names(value in any_json()) {
            let names = unused(&value, &BODY);
            prop_assert!(names.len() <= MOST_NAMES);
        }
    }
}
