//! The certificates of a server: an authority of its own, and one certificate per name that it
//! signs when a client asks for the name.

pub mod authority;
pub mod kept;
pub mod leaves;
pub mod names;
