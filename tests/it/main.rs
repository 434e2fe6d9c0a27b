//! The server as its users see it: over real TCP, route family by route family.

mod support;

mod golden;
mod replay;
mod uploads;
