//! Black-box tests over real TCP. The folders mirror the URLs.

mod harness;

mod architecture;
mod bucket;
mod control;
mod files;
mod golden;
mod guide;
mod model;
mod page;
mod replay;
mod server;
mod support;
